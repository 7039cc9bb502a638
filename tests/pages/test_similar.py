"""Countries that do similar things: those whose practices have most topics and target groups in common."""

import pytest

from practices import models as kb
from practices.curation import publishing
from practices.pages.similar import similar_countries
from tests import factories

pytestmark = pytest.mark.django_db


def country(alpha2: str) -> kb.Country:
    return kb.Country.objects.get(alpha2=alpha2)


def test_a_country_is_like_one_with_the_same_topics_and_groups_and_the_page_says_which() -> None:
    common = {"topics": ("sport-leisure", "housing"), "groups": ("older-people", "youth")}
    for alpha2 in ("FJ", "WS"):
        factories.make_practice(**common, countries=((alpha2, "destination"),))  # type: ignore[arg-type]
    publishing.reindexed()
    [first, *_others] = similar_countries(country("FJ"))
    assert first.country == country("WS")
    assert {term.code for term in first.shared} == {*common["topics"], *common["groups"]}


def test_no_country_is_like_itself_and_one_without_practices_is_like_none() -> None:
    assert country("PT") not in [other.country for other in similar_countries(country("PT"))]
    assert similar_countries(country("FJ")) == []
