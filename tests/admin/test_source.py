"""The words of a cited passage become its fingerprint, and are kept nowhere."""

import json

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.provenance.fingerprints import WINDOW, fingerprint, words
from tests import factories
from tests.forms import add, add_row, admin_url, change, errors, fields_of, form_of
from tests.responses import Response

pytestmark = pytest.mark.django_db

PASSAGE = "Quixotic walruses negotiate the zymurgy of border towns with uncommon patience and care."


@pytest.fixture
def section() -> kb.Section:
    """Return a section of three paragraphs."""
    section: kb.Section = factories.make_source().sections.get()
    return section


def cite(client: Client, section: kb.Section, passage: str, paragraph: int = 2) -> Response:
    return add(client, kb.Citation, section=section, paragraph=paragraph, passage=passage)


def everything_stored() -> str:
    """Return the content of every column of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found.extend(json.dumps(row, default=str) for row in cursor.fetchall())
    return "\n".join(found)


def test_the_words_of_a_passage_become_its_fingerprint(curator_client: Client, section: kb.Section) -> None:
    response = cite(curator_client, section, PASSAGE)
    assert response.status_code == 302, errors(response)
    citation = section.citations.get()
    assert citation.fingerprint == fingerprint(words(PASSAGE))
    assert (citation.paragraph, citation.words) == (2, WINDOW)


def test_a_shorter_sentence_counts_its_own_words(curator_client: Client, section: kb.Section) -> None:
    cite(curator_client, section, "Only three words.")
    assert section.citations.get().words == 3


def test_the_words_themselves_are_kept_nowhere(curator_client: Client, section: kb.Section) -> None:
    cite(curator_client, section, PASSAGE)
    change(curator_client, section.citations.get(), passage=f"Rewritten: {PASSAGE}")
    stored = everything_stored().casefold()
    assert section.citations.get().fingerprint in stored
    for word in ("quixotic", "walruses", "zymurgy", "rewritten:"):
        assert word not in stored


def test_a_citation_without_a_passage_is_refused(curator_client: Client, section: kb.Section) -> None:
    for passage in ("", "   ", "…  — !"):
        assert "Give the words" in errors(cite(curator_client, section, passage))
    assert not section.citations.exists()


def test_the_same_passage_twice_is_refused_with_a_reason(curator_client: Client, section: kb.Section) -> None:
    cite(curator_client, section, PASSAGE)
    assert "This passage is there already" in errors(cite(curator_client, section, PASSAGE))
    assert cite(curator_client, section, PASSAGE, paragraph=3).status_code == 302
    assert section.citations.count() == 2


def test_a_citation_may_be_moved_without_giving_its_words_again(curator_client: Client, section: kb.Section) -> None:
    cite(curator_client, section, PASSAGE)
    citation = section.citations.get()
    assert change(curator_client, citation, paragraph=3).status_code == 302
    moved = section.citations.get()
    assert (moved.paragraph, moved.fingerprint, moved.words) == (3, citation.fingerprint, citation.words)


def test_other_words_give_another_fingerprint(curator_client: Client, section: kb.Section) -> None:
    cite(curator_client, section, PASSAGE)
    before = section.citations.get().fingerprint
    change(curator_client, section.citations.get(), passage="Other words.")
    assert section.citations.get().fingerprint != before


def test_l8_a_forged_fingerprint_is_not_taken(curator_client: Client, section: kb.Section) -> None:
    forged = {"fingerprint": "f" * 64, "words": 7}
    add(curator_client, kb.Citation, section=section, paragraph=1, passage=PASSAGE, **forged)
    assert section.citations.get().fingerprint != "f" * 64
    change(curator_client, section.citations.get(), **forged)
    assert (section.citations.get().fingerprint == "f" * 64, section.citations.get().words) == (False, 10)


@pytest.mark.parametrize("paragraph", [0, -1, "", "x"])
def test_a_paragraph_that_cannot_be_is_refused(curator_client: Client, section: kb.Section, paragraph: object) -> None:
    response = add(curator_client, kb.Citation, section=section, paragraph=paragraph, passage=PASSAGE)
    assert errors(response)
    assert not section.citations.exists()


@pytest.mark.parametrize("model", [kb.Citation, kb.ParagraphNote], ids=lambda model: model.__name__)
def test_a_paragraph_that_the_section_does_not_have_is_refused(
    curator_client: Client, section: kb.Section, model: type[Model]
) -> None:
    fields = {"passage": PASSAGE} if model is kb.Citation else {"reason": "Says nothing."}
    response = add(curator_client, model, section=section, paragraph=4, **fields)
    assert "This section has 3 paragraphs." in errors(response)
    assert "Paragraphs are counted from 1." in errors(
        add(curator_client, model, section=section, paragraph=0, **fields)
    )
    assert add(curator_client, model, section=section, paragraph=3, **fields).status_code == 302
    kb.Section.objects.filter(pk=section.pk).update(paragraphs=0)
    assert add(curator_client, model, section=section, paragraph=99, **fields).status_code == 302


def test_a_section_keeps_the_paragraphs_that_are_cited(curator_client: Client, section: kb.Section) -> None:
    cite(curator_client, section, PASSAGE, paragraph=3)
    reason = "A citation or a note names paragraph 3 of this section."
    assert reason in errors(change(curator_client, section, paragraphs=2))
    assert reason in errors(change(curator_client, section.source, languages="en", **{"sections-0-paragraphs": 2}))
    assert change(curator_client, section, paragraphs=0).status_code == 302  # not known
    assert change(curator_client, section, paragraphs=4).status_code == 302


@pytest.mark.parametrize("passage", ["Two words", "Word", "Word, word"])
def test_a_passage_of_a_word_or_two_is_refused(curator_client: Client, section: kb.Section, passage: str) -> None:
    assert "Give three words or more, or the whole sentence" in errors(cite(curator_client, section, passage))
    assert not section.citations.exists()


@pytest.mark.parametrize("passage", ["Just three words", "Not so.", "Why?", "“Indeed!”"])
def test_a_whole_sentence_may_be_as_short_as_it_is(curator_client: Client, section: kb.Section, passage: str) -> None:
    assert cite(curator_client, section, passage).status_code == 302


def test_a_source_of_300_sections_is_saved_with_all_that_was_typed(curator_client: Client) -> None:
    source = factories.make_source(languages=["en"])
    kb.Section.objects.bulk_create(
        kb.Section(source=source, position=number, title=f"Section {number}", paragraphs=2) for number in range(2, 301)
    )
    url = admin_url("change", source)
    values = fields_of(curator_client, url, form_of(source))
    add_row(values, "sections", title="One more", number="", page="", paragraphs=4)
    values["sections-299-title"] = ["The last but one"]
    assert sum(map(len, values.values())) > 1500
    response = curator_client.post(url, values | {"_publish": [""]})
    assert response.status_code == 302, errors(response)
    titles = list(source.sections.order_by("position").values_list("title", flat=True))
    assert titles[298:] == ["Section 299", "The last but one", "One more"]


def test_a_section_of_another_source_is_not_put_above(curator_client: Client, section: kb.Section) -> None:
    other = factories.make_source().sections.get()
    assert "is a section of another source." in errors(change(curator_client, section, parent=other))


def test_sections_are_added_in_the_form_of_their_source(curator_client: Client) -> None:
    source = factories.make_source(languages=["en"])
    url = admin_url("change", source)
    values = fields_of(curator_client, url, form_of(source))
    for title in ("Second section", "Third section"):
        add_row(values, "sections", title=title, number="", page="", paragraphs=4)
    response = curator_client.post(url, values | {"_publish": [""]})
    assert response.status_code == 302, errors(response)
    assert [section.position for section in source.sections.all()] == [1, 2, 3]


@pytest.mark.parametrize("model", [kb.Section, kb.Citation, kb.ParagraphNote], ids=str)
def test_a_correction_of_what_pages_cite_raises_the_data_version(
    curator_client: Client, section: kb.Section, model: type[Model]
) -> None:
    cite(curator_client, section, PASSAGE)
    kb.ParagraphNote.objects.create(section=section, paragraph=1, reason="Says nothing.")
    record = model._default_manager.filter(pk__in=[section.pk] if model is kb.Section else section_rows(model, section))
    before = kb.DataVersion.current().number
    changed = {"title": "Another title", "paragraph": 1, "reason": "Says little."}
    assert change(curator_client, record.get(), **changed).status_code == 302
    assert kb.DataVersion.current().number == before + 1


def section_rows(model: type[Model], section: kb.Section) -> list[int]:
    return list(model._default_manager.filter(section=section).values_list("pk", flat=True))


def test_a_section_that_is_cited_is_not_deleted(curator_client: Client, section: kb.Section) -> None:
    cite(curator_client, section, PASSAGE)
    response = curator_client.post(admin_url("delete", section), {"post": "yes"})
    assert response.status_code == 200
    assert kb.Section.objects.filter(pk=section.pk).exists()
