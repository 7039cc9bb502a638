"""The collection itself: vocabularies, countries, records that readers can trust."""

import json
import os
import re
import subprocess

import pytest
from django.core.management import call_command

from practices import models as kb
from tests.conftest import ROOT, SOURCES

pytestmark = pytest.mark.django_db

#: the fewest terms that each vocabulary has
TERMS = {
    kb.Dimension: 5,
    kb.StakeholderRole: 23,
    kb.Kind: 17,
    kb.Level: 6,
    kb.Stage: 7,
    kb.PartnershipType: 5,
    kb.TargetGroup: 23,
    kb.Topic: 61,
}
TEXTS = {
    "idm-11": "idm-11.txt",
    "background-2006": "background-paper-2006.txt",
    "unitar-2007": "unitar-2007.txt",
    "idm-2010": "idm-2010.txt",
}


@pytest.mark.parametrize("vocabulary", kb.VOCABULARIES, ids=lambda model: model.__name__)
def test_every_term_has_a_label_and_a_definition_in_three_languages(vocabulary: type[kb.Term]) -> None:
    assert vocabulary._default_manager.count() >= TERMS.get(vocabulary, 1)
    for term in vocabulary._default_manager.all():
        for language in ("", "_fr", "_es"):
            assert getattr(term, f"label{language}"), term.code
            assert len(getattr(term, f"definition{language}").split()) >= 4, term.code


@pytest.mark.sources
def test_the_vocabularies_hold_every_code_of_the_plan() -> None:
    plan = (SOURCES.parent / "content.md").read_text(encoding="utf-8").partition("## Vocabularies")[2]
    headings = {
        "Dimension": kb.Dimension, "Kind": kb.Kind, "Level": kb.Level, "Stage": kb.Stage,
        "Partnership type": kb.PartnershipType, "Target group": kb.TargetGroup,
    }  # fmt: skip
    for heading, vocabulary in headings.items():
        line = re.search(rf"\*\*{heading}\*\*:(.*)", plan)
        assert line
        assert set(re.findall(r"`([a-z-]+)`", line[1])) <= set(vocabulary.objects.values_list("code", flat=True))
    for heading, vocabulary in (("Stakeholder role", kb.StakeholderRole), ("Topic", kb.Topic)):
        block = plan.partition(f"**{heading}**")[2].partition("\n\n")[0]
        assert set(re.findall(r"`([a-z-]+)`", block)) <= set(vocabulary.objects.values_list("code", flat=True))


def test_every_country_of_iso_3166_is_there_with_codes_region_and_three_names() -> None:
    countries = list(kb.Country.objects.select_related("region", "subregion"))
    assert len(countries) == 249
    for country in countries:
        assert re.fullmatch(r"[A-Z]{2}", country.alpha2)
        assert re.fullmatch(r"[A-Z]{3}", country.alpha3)
        assert re.fullmatch(r"\d{3}", country.m49)
        assert country.label
        assert country.label_fr
        assert country.label_es
        assert (country.region and country.subregion) or country.alpha2 == "AQ"


def test_well_known_countries_stand_where_the_un_puts_them() -> None:
    known = {
        "PT": ("PRT", "620", "Southern Europe"),
        "KR": ("KOR", "410", "Eastern Asia"),
        "MA": ("MAR", "504", "Northern Africa"),
    }
    for alpha2, (alpha3, m49, subregion) in known.items():
        country = kb.Country.objects.get(alpha2=alpha2)
        assert (country.alpha3, country.m49, str(country.subregion)) == (alpha3, m49, subregion)


def test_the_collection_is_well_over_what_was_expected_of_it() -> None:
    assert kb.Practice.objects.published().count() > 160
    assert kb.Finding.objects.published().count() > 200
    assert set(kb.Source.objects.published().values_list("slug", flat=True)) == set(TEXTS)


@pytest.mark.parametrize("source", TEXTS)
def test_every_report_gives_practices_findings_or_both(source: str) -> None:
    citations = kb.Citation.objects.filter(section__source__slug=source)
    assert kb.Finding.objects.published().filter(citations__in=citations).exists()
    if source != "background-2006":
        assert kb.Practice.objects.published().filter(citation_links__citation__in=citations).exists()


def test_every_finding_and_event_says_where_it_stands() -> None:
    assert not kb.Finding.objects.published().filter(citations=None).exists()
    assert not kb.Event.objects.published().filter(citations=None).exists()


def test_every_figure_is_stated_with_how_exact_it_is_and_what_it_counts() -> None:
    for outcome in kb.Outcome.objects.exclude(value=None):
        assert outcome.qualifier, outcome
        assert outcome.unit, outcome


def test_every_practice_that_readers_are_known_to_look_for_is_there() -> None:
    """`expected_practices.json` maps what the agreed queries look for, by its first five words, to our slugs."""
    expected = json.loads((ROOT / "tests" / "expected_practices.json").read_text(encoding="utf-8"))
    published = set(kb.Practice.objects.published().values_list("slug", flat=True))
    assert expected
    for description, slugs in expected.items():
        assert slugs, description
        assert set(slugs) <= published, description


@pytest.mark.sources
def test_every_agreed_query_has_its_practices() -> None:
    expected = json.loads((ROOT / "tests" / "expected_practices.json").read_text(encoding="utf-8"))
    queries = (SOURCES.parent / "data" / "search_queries.jsonl").read_text(encoding="utf-8").splitlines()
    wanted = {" ".join(text.split()[:5]) for line in queries for text in json.loads(line)["expect"]}
    assert wanted == set(expected)


@pytest.mark.sources
def test_every_citation_is_found_in_the_right_section_of_its_report() -> None:
    texts = [part for key, name in TEXTS.items() for part in ("--text", f"{key}={SOURCES / name}")]
    call_command("verify_citations", *texts, stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123 (raises if not)


@pytest.mark.sources
def test_no_passage_repeats_a_report_word_for_word() -> None:
    tool = SOURCES.parent / "tools" / "check_wording"
    done = subprocess.run([tool, ROOT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
