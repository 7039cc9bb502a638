"""The filters that word dates: as short as they are clear, and nothing that is no date is changed."""

from types import SimpleNamespace

import pytest

from practices.templatetags.wording import date_range, partial_date


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2006-07-12", "12 July 2006"),
        ("2006-07", "July 2006"),
        ("2006", "2006"),
        ("2006-13", "2006-13"),
        ("summer 2006", "summer 2006"),
        ("", ""),
    ],
)
def test_a_date_says_what_is_known_of_it(text: str, shown: str) -> None:
    assert partial_date(text) == shown


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [
        ("2006-07-12", "2006-07-13", "12–13 July 2006"),
        ("2006-07-31", "2006-08-01", "31 July 2006 – 1 August 2006"),
        ("2006-07-12", "2006-07-12", "12 July 2006"),
        ("2006-07", "", "July 2006"),
        ("2006-07", "2006-09", "July 2006 – September 2006"),
    ],
)
def test_the_days_of_an_event_share_what_they_have_in_common(starts: str, ends: str, shown: str) -> None:
    assert date_range(SimpleNamespace(starts=starts, ends=ends)) == shown
