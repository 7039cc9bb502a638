"""A source by section and paragraph: everything public that cites it stands under the paragraph that it cites."""

import pytest
from django.test import Client

from practices import models as kb
from practices.pages.source import MAX_NAMED, sections
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_kind_of_record_stands_under_the_paragraph_that_it_cites() -> None:
    source = factories.make_source()
    cited = {number: factories.make_citation(source, paragraph=number) for number in (1, 2, 3)}
    practice = factories.make_practice(citation=cited[1])
    practice.outcomes.create(statement="Something came of it.").citations.add(cited[2])
    finding = factories.make_finding(citation=cited[2])
    event, concept = factories.make_event(), factories.make_concept()
    event.citations.add(cited[3])
    concept.citations.add(cited[3])
    [section] = sections(source)
    citing = {
        number: {kind: [record.name for record in records] for kind, records in paragraph.records.items()}
        for number, paragraph in section.paragraphs.items()
    }
    assert citing == {
        1: {"practice": [practice.title]},
        2: {"practice": [practice.title], "finding": [finding.title]},
        3: {"event": [event.name], "concept": [concept.term]},
    }
    assert section.count == 4
    addresses = {
        record.get_absolute_url()
        for paragraph in section.paragraphs.values()
        for records in paragraph.records.values()
        for record in records
    }
    assert addresses == {record.get_absolute_url() for record in (practice, finding, event, concept)}


@pytest.mark.parametrize("state", ["draft", "in_review", "archived"])
def test_what_is_not_public_stands_nowhere(state: str) -> None:
    source = factories.make_source()
    citation = factories.make_citation(source)
    factories.make_practice(citation=citation, state=state)
    factories.make_finding(citation=citation, state=state)
    for record in (factories.make_event(state=state), factories.make_concept(state=state)):
        record.citations.add(citation)
    [section] = sections(source)
    assert section.paragraphs == {}


def test_a_source_with_very_much_names_less_of_each_paragraph() -> None:
    source = factories.make_source()
    citation = factories.make_citation(source)
    kb.Finding.objects.bulk_create(
        kb.Finding(
            ref=f"IPF-{n}", slug=f"much-{n}", title=f"Much {n}", statement=".", kind="principle", state="published"
        )
        for n in range(9000, 9000 + MAX_NAMED + 1)
    )
    citing = kb.Finding.citations.through
    much = kb.Finding.objects.filter(slug__startswith="much-")
    citing.objects.bulk_create(citing(finding=finding, citation=citation) for finding in much)
    [section] = sections(source)
    [(_label, named, others)] = section.paragraphs[1].named
    assert len(named) + others == MAX_NAMED + 1
    assert len(named) <= 12


def test_every_citation_leads_to_its_paragraph_on_the_page_of_its_source(client: Client) -> None:
    practice = kb.Practice.objects.get(slug="corte-ingles-arrival-training")
    citations = kb.Citation.objects.filter(practice_links__practice=practice)
    assert citations
    for citation in citations:
        url, _, anchor = citation.get_absolute_url().partition("#")
        assert f'id="{anchor}"' in client.get(url).content.decode()
        assert citation.get_absolute_url() in client.get(practice.get_absolute_url()).content.decode()
