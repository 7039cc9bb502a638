"""Related practices: what is stated first, then what has most in common, each with its reason, none that is hidden."""

from typing import Any

import pytest
from django.test import Client

from practices import models as kb
from practices.curation import publishing
from practices.pages.practice import practice_detail
from practices.pages.related import MAX_RELATED, Related
from tests import factories

pytestmark = pytest.mark.django_db


def related_to(practice: kb.Practice) -> list[Related]:
    """Return what belongs with a practice, once everything made by a test is indexed."""
    publishing.reindexed()
    return practice_detail(practice).related


def reason(found: list[Related], other: kb.Practice) -> str:
    return next(one.reason for one in found if one.practice == other)


def test_a_practice_of_the_same_actor_is_related_and_the_actor_is_named() -> None:
    actor = factories.make_stakeholder(name="League of Bakers")
    involved = (("ngo", "lead", actor),)
    one, other = (factories.make_practice(involvements=involved) for _ in range(2))
    assert reason(related_to(one), other) == "same actor: League of Bakers"


def test_the_same_topic_and_group_in_another_country_is_related() -> None:
    common: dict[str, Any] = {"topics": ("sport-leisure",), "groups": ("older-people",)}
    one = factories.make_practice(**common, countries=(("PT", "destination"),))
    abroad = factories.make_practice(**common, countries=(("FJ", "destination"),))
    found = related_to(one)
    assert "in Fiji" in reason(found, abroad)


def test_the_same_topic_and_group_in_the_same_country_is_not() -> None:
    common: dict[str, Any] = {
        "topics": ("sport-leisure",),
        "groups": ("older-people",),
        "countries": (("FJ", "destination"),),
    }
    one, other = factories.make_practice(**common), factories.make_practice(**common)
    assert other not in [found.practice for found in related_to(one)]


def test_the_same_topic_alone_is_not_enough() -> None:
    one = factories.make_practice(topics=("sport-leisure",), groups=("older-people",))
    other = factories.make_practice(topics=("sport-leisure",), groups=("youth",), countries=(("FJ", "destination"),))
    assert other not in [found.practice for found in related_to(one)]


def test_what_is_stated_comes_first_from_both_ends_each_once() -> None:
    one, whole, later, like = (factories.make_practice() for _ in range(4))
    kb.Relation.objects.create(practice=one, position=1, other=like, kind="see-also")
    kb.Relation.objects.create(practice=like, position=1, other=one, kind="see-also")
    kb.Relation.objects.create(practice=one, position=2, other=whole, kind="part-of")
    kb.Relation.objects.create(practice=later, position=1, other=one, kind="continues")
    found = related_to(one)
    assert [(item.kind, item.practice) for item in found[:3]] == [
        ("part-of", whole),
        ("continued-by", later),
        ("see-also", like),
    ]
    assert like not in [item.practice for item in found[3:]]


@pytest.mark.parametrize("state", ["draft", "in_review", "archived"])
def test_what_is_not_public_is_never_related(state: str) -> None:
    actor = factories.make_stakeholder()
    involved = (("ngo", "lead", actor),)
    one = factories.make_practice(involvements=involved)
    hidden = factories.make_practice(involvements=involved, state=state)
    kb.Relation.objects.create(practice=one, position=1, other=hidden, kind="see-also")
    assert hidden not in [found.practice for found in related_to(one)]


def test_an_actor_that_is_not_public_relates_nothing() -> None:
    actor = factories.make_stakeholder(state="draft")
    involved = (("ngo", "lead", actor),)
    one, other = (factories.make_practice(involvements=involved) for _ in range(2))
    assert other not in [found.practice for found in related_to(one)]


def test_there_are_never_more_than_eight_beside_what_is_stated_and_never_the_practice_itself() -> None:
    for practice in kb.Practice.objects.published()[:40]:
        found = practice_detail(practice).related
        stated = [one for one in found if one.is_stated]
        assert len(found) <= max(MAX_RELATED, len(stated))
        assert practice not in [one.practice for one in found]
        assert all(one.reason for one in found if not one.is_stated)


def test_most_practices_have_something_related() -> None:
    practices = list(kb.Practice.objects.published()[:60])
    assert sum(bool(practice_detail(one).related) for one in practices) > 45


def test_the_page_says_why(client: Client) -> None:
    practice = kb.Practice.objects.get(slug="corte-ingles-arrival-training")
    html = " ".join(client.get(practice.get_absolute_url()).content.decode().split())
    assert "Related practices" in html
    assert "Same topic and target group in" in html
