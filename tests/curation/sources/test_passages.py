"""Looking a passage up by its first words, what passages are called, and two who cite the same at once."""

import pytest
from django.core.exceptions import ValidationError

from practices import models as kb
from practices.curation.sources.passages import look_up, saved
from practices.provenance.citing import users_by_citation
from practices.provenance.fingerprints import fingerprint, words
from tests import factories

pytestmark = pytest.mark.django_db

PASSAGE = "Quixotic walruses negotiate the zymurgy of border towns with uncommon patience and care."


@pytest.fixture
def section() -> kb.Section:
    """Return a section of three paragraphs."""
    section: kb.Section = factories.make_source().sections.get()
    return section


def test_no_two_passages_are_called_the_same_and_each_tells_source_section_and_paragraph() -> None:
    source = kb.Source.objects.get(slug="idm-2010")
    named = list(kb.Citation.objects.named())
    assert len({str(citation) for citation in named}) == len(named) > 1000
    names = [str(citation) for citation in named if citation.section.source_id == source.pk]
    assert "IDM 2010, section 13 (Consular networks), paragraph 3" in names
    assert [name for name in names if "section 13" in name and "· second passage" in name]
    sections = list(kb.Section.objects.select_related("source"))
    assert len({str(section) for section in sections}) == len(sections)


def test_a_name_stays_when_another_passage_of_the_paragraph_is_cited(section: kb.Section) -> None:
    kb.Citation.objects.create(section=section, paragraph=1, fingerprint="f" * 64)
    for number in range(10):
        kb.Citation.objects.create(section=section, paragraph=1, fingerprint=f"{number:064x}")
    names = [str(one).rpartition(", ")[2] for one in kb.Citation.objects.named().filter(section=section).order_by("pk")]
    assert names[:3] == ["paragraph 1", "paragraph 1 · second passage", "paragraph 1 · third passage"]
    assert names[-1] == "paragraph 1 · 11. passage"


def test_a_passage_that_two_cite_at_once_is_made_once(section: kb.Section) -> None:
    first, second = (look_up(section, 2, PASSAGE).citation for _ in range(2))
    assert first.pk is second.pk is None
    assert saved(first) == saved(second) == saved(look_up(section, 2, PASSAGE).citation)
    assert section.citations.get().history.count() == 1
    assert section.citations.get().fingerprint == fingerprint(words(PASSAGE))


def test_who_uses_a_passage_is_told_whatever_way_it_is_cited(section: kb.Section) -> None:
    citation = saved(look_up(section, 2, PASSAGE).citation)
    practice = factories.make_practice(citation=citation)
    practice.involvements.get().citations.add(citation)
    records = [practice, factories.make_finding(citation=citation, state="draft")]
    for record in (factories.make_event(), factories.make_concept()):
        record.citations.add(citation)
        records.append(record)
    users = users_by_citation(section.citations.all())[citation.pk]
    assert {(user.ref, user.state) for user in users} == {(record.ref, record.state) for record in records}
    assert len(users) == 4
    assert look_up(section, 2, PASSAGE).users == users


@pytest.mark.parametrize("paragraph", [0, 4, None])
def test_a_paragraph_that_cannot_be_is_refused_by_its_name(section: kb.Section, paragraph: int | None) -> None:
    with pytest.raises(ValidationError) as refused:
        look_up(section, paragraph, PASSAGE)
    assert list(refused.value.message_dict) == ["paragraph"]
