"""The quality gates: each with a record that passes and one that falls short, and what publishing asks of them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model

from practices import models as kb
from practices.curation.changes import workflow
from practices.curation.operations import undo
from practices.curation.operations.distinct import note_distinct
from practices.curation.quality import GATES, Gate, Scope, upkeep
from practices.curation.quality.figures import numbers
from tests import factories
from tests.town import TEXT, cite_town, make_town, read_town

pytestmark = pytest.mark.django_db

BY_NAME = {gate.name: gate for gate in GATES}
Pair = tuple[Any, Any, Scope]
#: what makes two records: one that passes a gate, and one that does not; with the scope in which that shows
Case = Callable[[], Pair]


def lacks(gate: str, record: Model, scope: Scope | None = None) -> list[str]:
    """Return what a record lacks by one gate."""
    return [issue.missing for issue in BY_NAME[gate].check(scope or Scope()) if issue.record == record]


def summary_of(count: int) -> str:
    return " ".join(["word"] * count)


def relate(practice: kb.Practice, other: kb.Practice, kind: str = "see-also") -> None:
    kb.Relation.objects.create(practice=practice, other=other, kind=kind, position=practice.relations.count() + 1)


def make_outcome(practice: kb.Practice, value: str, *citations: kb.Citation) -> kb.Outcome:
    position = practice.outcomes.count() + 1
    values = {"statement": "It grew.", "value": Decimal(value), "qualifier": "exact", "unit": "stalls"}
    outcome = kb.Outcome.objects.create(practice=practice, position=position, **values)
    outcome.citations.set(citations)
    return outcome


# Every gate has a case


def good_practice() -> kb.Practice:
    return factories.make_practice()


def practice_case(**lacking: Any) -> Case:
    return lambda: (good_practice(), factories.make_practice(**lacking), Scope())


def citation_case() -> Pair:
    bare = factories.make_practice()
    bare.citation_links.all().delete()
    return good_practice(), bare, Scope()


def duplicates_case() -> Pair:
    factories.make_practice(title="Welcome desk for newcomers at the harbour")
    again = factories.make_practice(title="The harbour’s welcome desk for newcomers")
    return factories.make_practice(title="Ferry pilots’ evening school"), again, Scope()


def same_subject_case() -> Pair:
    return *same_subjects(), Scope()


def orphans_case() -> Pair:
    return good_practice(), factories.make_stakeholder(), Scope()


def coverage_case() -> Pair:
    read, left = factories.make_source(), factories.make_source()
    for number in (1, 2, 3):
        factories.make_finding(citation=factories.make_citation(read, paragraph=number))
    return read, left, Scope()


def circles_case() -> Pair:
    above = factories.make_finding()
    below = factories.make_finding(parent=above)
    good = factories.make_finding(parent=above)
    kb.Finding.objects.filter(pk=above.pk).update(parent=below)
    return good, below, Scope()


def paragraphs_case() -> Pair:
    good, bad = factories.make_source(), factories.make_source()
    factories.make_citation(good, paragraph=3)
    factories.make_citation(bad, paragraph=4)
    return good, bad, Scope()


def defined_case() -> Pair:
    bare = kb.Topic.objects.create(code="tides", label="Tides", definition=" ")
    return kb.Topic.objects.get(code="language"), bare, Scope()


def used_case() -> Pair:
    factories.make_practice(topics=("language",))
    return kb.Topic.objects.get(code="language"), kb.Topic.objects.create(code="tides", label="Tides"), Scope()


def sections_case() -> Pair:
    good, bad = make_town(), make_town("other-town")
    bad.sections.filter(position=2).update(paragraphs=5)
    return good, bad, Scope(texts=[*read_town(good), *read_town(bad)])


def citations_case() -> Pair:
    town = make_town()
    good = factories.make_practice(citation=cite_town(town, "Stalls are let"))
    bad = factories.make_practice(citation=cite_town(town, "Pupils may choose", section=1))
    return good, bad, Scope(texts=read_town(town))


def figures_case() -> Pair:
    town = make_town()
    cited = cite_town(town, "Every stall")
    good, bad = factories.make_practice(), factories.make_practice()
    make_outcome(good, "60", cited)
    make_outcome(bad, "61", cited)
    return good, bad, Scope(texts=read_town(town))


CASES: dict[str, Case] = {
    "citation": citation_case,
    "country": practice_case(countries=()),
    "dimension": practice_case(dimensions=()),
    "topic": practice_case(topics=()),
    "involvement": practice_case(involvements=()),
    "summary": practice_case(summary="Too short."),
    "duplicates": duplicates_case,
    "same subject": same_subject_case,
    "orphans": orphans_case,
    "circles": circles_case,
    "paragraphs": paragraphs_case,
    "coverage": coverage_case,
    "defined terms": defined_case,
    "used terms": used_case,
    "sections": sections_case,
    "citations": citations_case,
    "figures": figures_case,
}


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_lets_pass_what_is_good_and_names_what_is_not(gate: Gate) -> None:
    good, bad, scope = CASES[gate.name]()
    assert lacks(gate.name, good, scope) == []
    assert lacks(gate.name, bad, scope) != []


@pytest.mark.parametrize("gate", [gate for gate in GATES if gate.publishing], ids=lambda gate: gate.name)
def test_what_falls_short_of_a_gate_for_publishing_is_not_published(gate: Gate) -> None:
    _, bad, _ = CASES[gate.name]()
    kb.Practice.objects.filter(pk=bad.pk).update(state=kb.State.DRAFT)
    with pytest.raises(workflow.NotReady):
        workflow.publish([bad])


def test_circles_of_every_kind_and_third_levels_are_found() -> None:
    first, second = factories.make_practice(), factories.make_practice()
    relate(first, second, "part-of")
    relate(second, first, "part-of")
    source = factories.make_source()
    source.sections.update(parent=source.sections.get())
    top, middle, third, itself = (kb.Topic.objects.create(code=f"topic-{n}", label=f"Topic {n}") for n in range(4))
    for term, parent in ((middle, top), (third, middle), (itself, itself)):
        kb.Topic.objects.filter(pk=term.pk).update(parent=parent)
    found = {issue.record for issue in BY_NAME["circles"].check(Scope())}
    assert {first, second, source, third, itself} <= found
    assert not {top, middle} & found


def test_gates_have_names_of_their_own() -> None:
    assert len(BY_NAME) == len(GATES)


def test_publishing_asks_only_of_the_record_itself() -> None:
    kb.Practice.objects.filter(pk=factories.make_practice(topics=()).pk).update(summary="")
    assert workflow.missing_requirements(good_practice(), factories.make_event()) == {}


@pytest.mark.parametrize("name", ["topic", "summary", "orphans", "duplicates"])
def test_what_is_not_published_is_not_checked(name: str) -> None:
    _, bad, scope = CASES[name]()
    type(bad).objects.filter(pk=bad.pk).update(state=kb.State.DRAFT)
    assert lacks(name, bad, scope) == []


# Single records


def test_a_finding_needs_a_citation() -> None:
    finding = factories.make_finding()
    assert lacks("citation", finding) == []
    finding.citations.clear()
    assert lacks("citation", finding) == ["a citation of a source that is public"]


@pytest.mark.parametrize("level", ["regional", "international"])
def test_a_regional_or_international_practice_needs_no_country(level: str) -> None:
    assert lacks("country", factories.make_practice(countries=(), level=level)) == []


@pytest.mark.parametrize(("count", "good"), [(0, False), (14, False), (15, True), (60, True), (61, False)])
def test_a_summary_has_15_to_60_words(count: int, good: bool) -> None:
    found = lacks("summary", factories.make_practice(summary=summary_of(count)))
    assert found == ([] if good else [f"a summary of 15 to 60 words (it has {count})"])


# Duplicates


def harbour_desks(**fields: Any) -> tuple[kb.Practice, kb.Practice]:
    first = factories.make_practice(title="Welcome desk for newcomers at the harbour")
    return first, factories.make_practice(title="Welcome desks for newcomers, harbour", **fields)


def test_like_practices_are_named_once_by_the_later_one() -> None:
    first, second = harbour_desks()
    assert lacks("duplicates", first) == []
    [lack] = lacks("duplicates", second)
    assert f"{first.ref} {first}" in lack


def same_subjects(**fields: Any) -> tuple[kb.Practice, kb.Practice]:
    """Return two practices of one actor, country and topic with somewhat like names."""
    actor = (("ngo", "lead", factories.make_stakeholder()),)
    first = factories.make_practice(title="Services of Morocco’s consulates for emigrants", involvements=actor)
    fields = {"title": "Moroccan embassies’ services for emigrants", "involvements": actor, **fields}
    return first, factories.make_practice(**fields)


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({}, True),
        ({"topics": ("work",)}, False),
        ({"countries": (("ES", "destination"),)}, False),
        ({"involvements": (("ngo", "lead", None),)}, False),
        ({"title": "A census of the diaspora"}, False),
    ],
    ids=["same", "topic", "country", "actor", "name"],
)
def test_practices_of_the_same_actor_country_and_topic_are_alike_by_less_like_names(
    other: dict[str, Any], alike: bool
) -> None:
    first, second = same_subjects(**other)
    assert lacks("duplicates", second) == lacks("same subject", first) == []
    assert bool(lacks("same subject", second)) == alike


def test_what_a_curator_found_not_to_be_the_same_is_not_asked_again_until_that_is_undone(curator: User) -> None:
    pairs = [
        ("duplicates", *harbour_desks()),
        ("same subject", *same_subjects()),
        ("duplicates", *(factories.make_stakeholder(name=name) for name in ("Harbour Board", "The Harbour Board"))),
    ]
    upkeep.check_content()
    for gate, first, second in pairs:
        version = kb.DataVersion.current().number
        operation = note_distinct(second, first, curator)
        assert lacks(gate, second) == []
        assert not kb.RecordIssue.objects.filter(record=second.pk, other=first.pk).exists()
        assert note_distinct(first, second, curator) is None
        assert operation is not None
        undo(operation, curator)
        assert lacks(gate, second) != []
        assert kb.RecordIssue.objects.get(record=second.pk, other=first.pk).gate == gate
        assert kb.DataVersion.current().number == version, "readers see none of it"


@pytest.mark.parametrize("kind", kb.RelationKind.values)
def test_a_relation_either_way_explains_like_practices(kind: str) -> None:
    first, second = harbour_desks()
    relate(first, second, kind)
    assert lacks("duplicates", second) == []


def test_parts_of_the_same_whole_may_be_alike_at_whatever_remove() -> None:
    whole, part = factories.make_practice(title="Harbour strategy"), factories.make_practice(title="Its first step")
    first, second = harbour_desks()
    relate(first, whole, "part-of")
    relate(second, part, "part-of")
    assert lacks("duplicates", second) != []
    relate(part, whole, "part-of")
    assert lacks("duplicates", second) == []


def test_wholes_that_are_part_of_each_other_do_not_hang_the_check() -> None:
    first, second = harbour_desks()
    one, other = factories.make_practice(title="An egg"), factories.make_practice(title="A hen")
    relate(one, other, "part-of")
    relate(other, one, "part-of")
    relate(first, one, "part-of")
    assert lacks("duplicates", second) != []


@pytest.mark.parametrize(
    ("countries", "alike"),
    [
        ((("PT", "destination"),), True),
        ((), True),
        ((("PT", "origin"), ("ES", "partner")), True),
        ((("ES", "destination"),), False),
    ],
    ids=["same", "none", "more", "other"],
)
def test_like_practices_of_other_countries_are_different(countries: tuple[tuple[str, str], ...], alike: bool) -> None:
    _, second = harbour_desks(countries=countries, level="international")
    assert bool(lacks("duplicates", second)) == alike


@pytest.mark.parametrize("kind", ["name", "acronym", "translation"])
def test_other_names_count_too(kind: str) -> None:
    factories.make_practice(title="Guichet du port")
    other = factories.make_practice(other_names=[{"text": "guichet du Port", "lang": "fr", "kind": kind}])
    assert lacks("duplicates", other) != []


def test_two_acronyms_may_be_the_same_by_chance() -> None:
    names = [{"text": "HWD", "lang": "en", "kind": "acronym"}]
    first = factories.make_stakeholder(name="Harbour Welcome Desk", other_names=names)
    second = factories.make_stakeholder(name="Historic Windmills Department", other_names=names)
    assert lacks("duplicates", first) == lacks("duplicates", second) == []


def test_names_in_other_scripts_are_not_taken_for_each_other() -> None:
    names = [[{"text": text, "lang": "und", "kind": "name"}] for text in ("مكتب", "πύλη")]
    first, second = (factories.make_practice(title=title, other_names=n) for title, n in zip("ab", names, strict=True))
    assert lacks("duplicates", first) == lacks("duplicates", second) == []


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        (("Harbour Board", ""), ("The Harbour Board", ""), True),
        (("Harbour Board", "PT"), ("Harbour Board", ""), True),
        (("Harbour Board", "PT"), ("Harbour Board", "ES"), False),
        (("Harbour Board", "PT"), ("Harbour Board of Portugal", "PT"), True),
        (("Government of Niger", ""), ("Government of Nigeria", ""), False),
        (("Harbour Board of Niger", "NE"), ("Harbour Board of Nigeria", "NG"), False),
        (("Embassy of Ecuador in Spain", "EC"), ("Embassy of Ecuador in Italy", "EC"), False),
        (("Ministry of Harbours of Israel", "IL"), ("Ministry of Rivers of Israel", "IL"), False),
        (("Harbour Organization for Tides", ""), ("Harbour Organisation for Tides", ""), True),
    ],
)
def test_organisations_are_alike_by_name_and_country(
    first: tuple[str, str], second: tuple[str, str], alike: bool
) -> None:
    one, other = (factories.make_stakeholder(name=name, country=country) for name, country in (first, second))
    assert bool(lacks("duplicates", one) + lacks("duplicates", other)) == alike


# Links and terms


def test_a_finding_is_an_island_until_a_second_page_links_to_it() -> None:
    finding = factories.make_finding()
    assert lacks("orphans", finding) == ["links from 2 other pages (it has 1)"]
    finding.roles.add(kb.StakeholderRole.objects.get(code="ngo"))
    assert lacks("orphans", finding) == []


def test_links_from_what_is_not_public_do_not_count() -> None:
    stakeholder = factories.make_stakeholder()
    practice = factories.make_practice(involvements=(("ngo", "lead", stakeholder),))
    assert lacks("orphans", stakeholder) == []
    kb.Practice.objects.filter(pk=practice.pk).update(state=kb.State.ARCHIVED)
    assert lacks("orphans", stakeholder) == ["links from 2 other pages (it has 1)"]


def test_an_event_is_linked_by_the_list_of_events_and_by_those_who_took_part() -> None:
    event = factories.make_event()
    assert lacks("orphans", event) == ["links from 2 other pages (it has 1)"]
    kb.Representation.objects.create(event=event, country=kb.Country.objects.get(alpha2="PT"))
    assert lacks("orphans", event) == []


def test_an_entry_of_the_glossary_is_no_island() -> None:
    assert lacks("orphans", factories.make_concept()) == []


def test_a_broader_term_is_used_by_its_narrower_ones() -> None:
    parent = kb.Topic.objects.create(code="sea", label="Sea")
    child = kb.Topic.objects.create(code="tides", label="Tides", parent=parent)
    assert lacks("used terms", parent)
    factories.make_finding().topics.add(child)
    assert lacks("used terms", parent) == lacks("used terms", child) == []


def test_only_published_records_use_a_term() -> None:
    term = kb.StakeholderRole.objects.create(code="pilots", label="Pilots")
    factories.make_practice(involvements=(("pilots", "lead", None),), state=kb.State.DRAFT)
    assert lacks("used terms", term)
    factories.make_practice(involvements=(("pilots", "lead", None),))
    assert lacks("used terms", term) == []


def test_an_unused_term_is_told_and_does_not_fail() -> None:
    assert [gate.name for gate in GATES if gate.warns] == ["same subject", "used terms"]


# Texts


def test_a_missing_heading_is_named() -> None:
    town = make_town()
    scope = Scope(texts=read_town(town, TEXT.replace("# Schools", "# Lessons")))
    assert lacks("sections", town, scope) == ["the heading of section 2 (Schools) in its text"]


def test_words_that_stand_nowhere_are_told_of_every_record_that_cites_them() -> None:
    town = make_town()
    citation = cite_town(town, "Stalls are let", fingerprint="f" * 64)
    records = [factories.make_practice(citation=citation), factories.make_finding(citation=citation)]
    for record in records:
        [lack] = lacks("citations", record, Scope(texts=read_town(town)))
        assert lack == "the words cited from section 1 (Markets), paragraph 1: they stand nowhere in the text"


def test_a_citation_that_no_record_uses_is_told_of_its_source() -> None:
    town = make_town()
    cite_town(town, "Stalls are let", section=2)
    [lack] = lacks("citations", town, Scope(texts=read_town(town)))
    assert lack.endswith("in another section of the text")


def test_a_citation_of_another_paragraph_of_its_section_is_good() -> None:
    town = make_town()
    finding = factories.make_finding(citation=cite_town(town, "Stalls are let", paragraph=2))
    assert lacks("citations", finding, Scope(texts=read_town(town))) == []


def test_a_figure_is_looked_for_in_the_paragraph_where_its_citation_stands() -> None:
    town = make_town()
    practice = factories.make_practice()
    make_outcome(practice, "60", cite_town(town, "The fish market"))
    assert lacks("figures", practice, Scope(texts=read_town(town))) == [
        "the figure 60 (stalls) in the paragraphs cited for it"
    ]
    practice.outcomes.first().citations.add(cite_town(town, "Every stall", paragraph=1))
    assert lacks("figures", practice, Scope(texts=read_town(town))) == []


def test_an_outcome_without_a_citation_has_those_of_its_practice() -> None:
    town = make_town()
    practice = factories.make_practice(citation=cite_town(town, "In 2005 the town"))
    make_outcome(practice, "28")
    make_outcome(practice, "1500")
    assert lacks("figures", practice, Scope(texts=read_town(town))) == []
    make_outcome(practice, "29")
    assert len(lacks("figures", practice, Scope(texts=read_town(town)))) == 1


def test_a_figure_that_a_text_not_given_may_hold_is_passed_over() -> None:
    town = make_town()
    practice = factories.make_practice()
    make_outcome(practice, "999", cite_town(town, "Every stall"), factories.make_citation())
    assert lacks("figures", practice, Scope(texts=read_town(town))) == []


def test_how_many_came_to_an_event_is_a_figure_too() -> None:
    town = make_town()
    event = factories.make_event(attendance=[{"count": 28, "qualifier": "exact", "what": "classes"}])
    event.citations.add(cite_town(town, "In 2005 the town"))
    assert lacks("figures", event, Scope(texts=read_town(town))) == []
    event.attendance[0]["count"] = 29
    event.save()
    assert lacks("figures", event, Scope(texts=read_town(town))) == [
        "the figure 29 (classes) in the paragraphs cited for it"
    ]


@pytest.mark.parametrize(
    ("text", "found", "not_found"),
    [
        ("nearly sixty practices", ["60"], ["6"]),
        ("Twenty-eight women from 17 countries", ["28", "17"], ["20", "8", "7"]),
        ("twenty eight", ["28"], ["20"]),
        ("over 1,500 embassies", ["1500"], ["1", "500"]),
        ("1 500 embassies", ["1500"], ["50"]),
        ("2.5 per cent, or 30%", ["2.5", "30"], ["2", "5"]),
        ("3 million people", ["3", "3000000"], ["300"]),
        ("two hundred boats", ["200"], ["20"]),
        ("one hundred boats", ["100"], []),
        ("a three-pronged plan", ["3"], []),
        ("it met twice, and more than half came", ["2", "50"], ["20"]),
        ("thirteen delegates, fifteen staff", ["13", "15"], ["28"]),
        ("the year 2005.", ["2005"], []),
        ("first prize in the tens of contests", ["1"], ["10"]),
        ("ＦＯＲＴＹ １２", ["40", "12"], []),
        ("", [], ["0"]),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(text: str, found: list[str], not_found: list[str]) -> None:
    read = numbers(text)
    assert {Decimal(number) for number in found} <= read
    assert not {Decimal(number) for number in not_found} & read
