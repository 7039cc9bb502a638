"""Conditions: what narrows a result is said value by value, and each address takes one away."""

import pytest
from django.http import QueryDict

from practices.search.filters import PracticeFilter
from practices.search.links import CONDITIONS_NAMED, conditions

pytestmark = pytest.mark.django_db


def filterset(query: str) -> PracticeFilter:
    return PracticeFilter(QueryDict(query))


def test_each_condition_is_named_and_its_address_leaves_it_out() -> None:
    made = conditions(
        filterset("q=women&country=CA&country=DE&year_from=1999&page=2&nonsense=1"), [("view", "picture")]
    )
    assert [(one.label, one.url) for one in made] == [
        ("“women”", "?country=CA&country=DE&year_from=1999&view=picture"),
        ("Country: Canada", "?q=women&country=DE&year_from=1999&view=picture"),
        ("Country: Germany", "?q=women&country=CA&year_from=1999&view=picture"),
        ("From 1999", "?q=women&country=CA&country=DE&view=picture"),
    ]


def test_without_conditions_there_is_nothing_to_take_away() -> None:
    assert conditions(filterset(""), [("view", "picture")]) == []


def test_many_conditions_end_in_one_that_takes_the_rest_away() -> None:
    codes = list(filterset("").facet_filters["country"].choices)[: CONDITIONS_NAMED + 5]
    *first, last = conditions(filterset("&".join(f"country={code}" for code in codes)), [])
    assert len(first) == CONDITIONS_NAMED
    assert last.label == "5 more conditions"
    assert last.url == "?" + "&".join(f"country={code}" for code in codes[:CONDITIONS_NAMED])
