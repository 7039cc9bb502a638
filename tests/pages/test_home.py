"""What is new: by the last change, marked as added or changed, and only what is public."""

from datetime import timedelta

import pytest
from django.utils import timezone

from practices import models as kb
from practices.curation import publishing
from practices.pages.home import latest
from tests import factories

pytestmark = pytest.mark.django_db


def make(days_old: int, **fields: object) -> kb.Practice:
    """Return a practice first published some days ago."""
    practice = factories.make_practice(published_at=timezone.now() - timedelta(days=days_old), **fields)  # type: ignore[arg-type]
    publishing.reindexed()
    return practice


def test_what_was_changed_after_its_day_of_publication_is_said_to_be_changed() -> None:
    old = make(400)
    new = make(0)
    news = {item.card.practice.pk: item.changed for item in latest().news}
    assert news[old.pk] is True
    assert news[new.pk] is False


def test_the_latest_comes_first_and_the_day_is_counted() -> None:
    make(0)
    changes = latest()
    assert changes.day == timezone.now().date()
    assert changes.count == kb.Practice.objects.published().filter(modified__date=changes.day).count()
    times = [kb.Practice.objects.get(pk=item.card.practice.pk).modified for item in changes.news]
    assert times == sorted(times, reverse=True)


def test_what_is_not_public_is_no_news() -> None:
    hidden = make(0, state="draft")
    assert hidden.pk not in [item.card.practice.pk for item in latest().news]
