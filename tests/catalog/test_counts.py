"""Figures from memory: each is what the search that it links to finds, and what brute force over the database finds."""

import pytest
from django.db.models import QuerySet
from django.http import QueryDict

from practices import models as kb
from practices.catalog import counts as seen
from practices.catalog import crosstab, current
from practices.catalog.counts import country_counts, term_counts
from practices.catalog.link import Link
from practices.curation import publishing
from practices.search.cards import cards_of
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories

pytestmark = pytest.mark.django_db

published = kb.Practice.objects.published


def search(url: str) -> int:
    """Return how many practices the search behind an address finds."""
    return Results(SearchRequest(QueryDict(url.partition("?")[2]))).count


def having(practices: QuerySet[kb.Practice], row: str, **conditions: object) -> QuerySet[kb.Practice]:
    """Return the practices with one row of a kind, such as "involvements", that meets all conditions, by the ORM."""
    rows = kb.Practice._meta.get_field(row).related_model._default_manager.filter(**conditions)
    return practices.filter(pk__in=rows.values("practice"))


@pytest.mark.parametrize("model", [kb.Dimension, kb.StakeholderRole, kb.Topic, kb.TargetGroup, kb.Kind, kb.Level])
def test_every_term_is_counted_as_its_search_finds(model: type[kb.Term]) -> None:
    for top in term_counts(model):
        for one in (top, *top.children):
            assert one.count == search(f"?{model.parameter}={one.item.code}"), one.item


def test_every_country_is_counted_as_the_database_holds_it() -> None:
    rows = country_counts()
    assert {row.country for row in rows} == set(kb.Country.objects.filter(links__practice__in=published()))
    for row in rows:
        assert row.total == published().filter(country_links__country=row.country).distinct().count()
        for role, count in row.by_role.items():
            assert count == having(published(), "country_links", country=row.country, role=role).count()


def test_conditions_on_one_kind_of_row_hold_on_one_row() -> None:
    for role in ("ngo", "foundation"):
        for function in kb.Function.values:
            roles = kb.StakeholderRole.objects.filter(code=role)
            expected = having(published(), "involvements", role__in=roles, function=function)
            assert set(seen.practices_with(role=role, function=function)) == {one.pk for one in expected}


def test_a_value_that_nothing_has_finds_nothing() -> None:
    assert not seen.practices_with(country="ZZ")
    assert not seen.practices_with(country="PT", country_role="no-such-role")


def named(*counts: int) -> list[int | None]:
    """Return which of the values with these numbers of practices a sentence names."""
    values = [Link(f"value {place}", count=count) for place, count in enumerate(counts)]
    return [value.count for value in seen.standing_out(values)]


def test_a_sentence_names_no_value_of_a_single_practice() -> None:
    assert named(3, 2, 1, 1) == [3, 2]
    assert named(1, 1) == []


def test_a_sentence_names_equals_together_or_not_at_all() -> None:
    assert named(5, 4, 3, 2, 2) == [5, 4, 3, 2, 2]
    assert named(5, 4, *[2] * 20) == [5, 4]
    assert named(*[2] * 20) == [2] * 8


@pytest.mark.parametrize("asked", [{"role": "ngo"}, {"dimension": "legal"}, {"country": "IT"}, {"topic": "language"}])
@pytest.mark.parametrize("name", ["topic", "group", "role", "stakeholder", "country", "kind"])
def test_what_goes_with_a_term_is_counted_as_its_search_finds(asked: dict[str, str], name: str) -> None:
    if name in asked:
        return
    found = seen.ranked_values(name, seen.practices_with(**asked), 8, **asked)
    assert found
    for one in found:
        assert one.count == search(one.url), one.url
    assert [one.count for one in found] == sorted((one.count for one in found), reverse=True)


def test_every_cell_of_a_table_is_what_its_search_finds() -> None:
    dimensions = crosstab.Axis.of_terms(kb.Dimension.objects.all())
    countries = crosstab.Axis.of_countries(kb.Country.objects.filter(alpha2__in=["PT", "IT", "MA", "FJ"]))
    tables = [
        crosstab.cross("", "", crosstab.Axis.of_choices("function"), dimensions, role="ngo"),
        crosstab.cross("", "", countries, dimensions, group="women"),
        crosstab.cross("", "", crosstab.Axis.of_choices("country_role"), dimensions, country="MA"),
        crosstab.cross("", "", crosstab.Axis.of_choices("country_role"), countries, topic="language"),
    ]
    cells = [cell for table in tables for row in table.rows for cell in row.cells]
    assert any(cell.count for cell in cells)
    for cell in cells:
        assert cell.count == search(cell.url), cell.url


def test_those_come_first_that_have_the_fewest_other_values() -> None:
    among = seen.practices_with(dimension="economic")
    keys = seen.most_specific("dimension", among, 12)
    spread = [kb.Practice.objects.get(pk=key).dimensions.count() for key in keys]
    assert len(keys) == 12
    assert spread == sorted(spread)
    rest = seen.most_specific("dimension", among, len(among))
    assert rest[:12] == keys
    assert set(rest) == set(among)


def test_those_that_are_named_first_come_first() -> None:
    among, leading = seen.practices_with(role="ngo"), seen.practices_with(role="ngo", function="lead")
    keys = seen.most_specific("role", among, len(among), first=leading)
    assert set(keys[: len(leading)]) == set(leading)


def test_cards_come_in_the_order_asked_for_with_one_query(django_assert_num_queries: object) -> None:
    keys = list(current().snapshot.all_ids)[:5][::-1]
    assert current().vocabularies.countries  # read beforehand
    cards = cards_of(keys)
    assert [card.practice.pk for card in cards] == keys
    with django_assert_num_queries(2):  # type: ignore[operator]  # the data version, the practices
        cards_of(keys)


def test_what_is_not_public_has_no_card() -> None:
    practice = factories.make_practice()
    publishing.reindexed()
    assert cards_of([practice.pk])
    kb.Practice.objects.filter(pk=practice.pk).update(state="draft")
    assert cards_of([practice.pk]) == []
