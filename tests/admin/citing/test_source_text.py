"""The text of a source in the admin: loaded for a day, seen by few, paragraph by paragraph, and split into sections."""

import os
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from practices import models as kb
from practices.curation.roles import Role, give_role
from practices.curation.sources import texts
from practices.provenance.fingerprints import fingerprint, words
from tests import factories
from tests.conftest import HttpsClient, logged_in
from tests.forms import fields_of, submit
from tests.report import REPORT, SECTIONS
from tests.responses import Response
from tests.town import TEXT, cite_town, make_town

pytestmark = pytest.mark.django_db

SENTENCE = "Nearly sixty are let"  # of no text


@pytest.fixture(autouse=True)
def private(settings: Settings, tmp_path: Path) -> Path:
    """Keep texts in a folder of the test."""
    settings.KB_PRIVATE = tmp_path / "private"
    return tmp_path / "private" / "texts"


def page(name: str, *args: object) -> str:
    return reverse(f"admin:practices_{name}", args=[getattr(one, "pk", one) for one in args])


def upload(client: Client, source: kb.Source, text: str | bytes, **more: object) -> Response:
    data = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("../../etc/a name.txt", data)
    return client.post(page("source_paragraphs", source), {"load": "1", "file": file, **more})


def somebody(role: Role | None) -> Client:
    user = User.objects.create_user(f"user-{User.objects.count()}", password="a-long-pass-phrase", is_staff=True)
    give_role(user, role)
    return logged_in(HttpsClient(), user)


# The file


def test_a_text_is_a_file_that_only_the_site_reads_and_names_nobody(curator_client: Client, private: Path) -> None:
    source = make_town()
    assert upload(curator_client, source, TEXT).status_code == 302
    [path] = private.iterdir()
    assert (path.name, path.read_text()) == (f"{source.pk}.txt", TEXT)
    assert (path.stat().st_mode & 0o777, private.stat().st_mode & 0o777) == (0o600, 0o700)
    assert curator_client.get(page("source_paragraphs", source)).headers["Cache-Control"] == "no-store, private"
    assert curator_client.post(page("source_paragraphs", source), {"forget": "1"}).status_code == 302
    assert not list(private.iterdir())


def test_a_text_is_deleted_after_a_day_by_the_next_use_of_any_and_by_the_timer(private: Path) -> None:
    old, new = make_town(), make_town("another")
    for source in (old, new):
        texts.load(source, TEXT)
    assert (texts.hours_left(new), texts.remove_old_texts()) == (24, 0)
    day = time.time() - texts.KEPT - 1
    os.utime(private / f"{old.pk}.txt", (day, day))
    assert texts.loaded_text(new) is not None
    assert [path.name for path in private.iterdir()] == [f"{new.pk}.txt"]
    os.utime(private / f"{new.pk}.txt", (day, day))
    assert texts.remove_old_texts() == 1
    assert (texts.loaded_text(new), texts.hours_left(new)) == (None, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 \xff", "This is a PDF"),
        (b"\xff\xfeT\x00h\x00", "no plain text in UTF-8"),
        (b"words \0 words", "no plain text"),
        (b"  \n -- \n", "holds no words"),
        (b"", "empty"),
        (b"# Harbours\n\nIt says something else.", "This is not the text of"),
    ],
    ids=["pdf", "utf-16", "null byte", "no words", "empty", "another report"],
)
def test_what_is_no_text_of_the_source_is_refused_in_words(
    curator_client: Client, private: Path, data: bytes, reason: str
) -> None:
    source = make_town()
    response = upload(curator_client, source, data)
    assert response.status_code == 200
    assert reason in response.content.decode()
    assert not private.exists() or not list(private.iterdir())


def test_a_file_that_is_too_large_is_refused_unread(curator_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LARGEST", len(TEXT) - 1)
    source = make_town()
    assert "too large" in upload(curator_client, source, TEXT).content.decode()
    monkeypatch.setattr(texts, "LARGEST", 10**6)
    monkeypatch.setattr(texts, "MOST_WORDS", 9)
    assert "more than 9 words" in upload(curator_client, source, TEXT).content.decode()


def test_no_word_of_a_text_is_stored_or_logged(curator_client: Client, caplog: pytest.LogCaptureFixture) -> None:
    from tests.admin.test_source import everything_stored

    source = make_town()
    upload(curator_client, source, TEXT)
    curator_client.get(page("source_section", source, 1))
    assert "fish market" not in everything_stored().casefold() + caplog.text.casefold()


@pytest.mark.parametrize("role", [None, *Role])
def test_l7_only_who_may_edit_sees_and_loads_a_text(role: Role | None) -> None:
    source = make_town()
    texts.load(source, TEXT)
    client = somebody(role)
    sees = role is not None
    for url in (page("source_paragraphs", source), page("source_section", source, 1)):
        response = client.get(url)
        assert response.status_code == (200 if sees else 403), url
        assert ("Stalls are let" in response.content.decode()) == (sees and "/paragraphs/1/" in url)
    assert (upload(client, source, TEXT).status_code == 302) == sees
    publishes = role in (Role.PUBLISHER, Role.ADMINISTRATOR)
    data = {"note": "1", "paragraph": ["1"], "reason": "Says nothing."}
    assert (client.post(page("source_section", source, 1), data).status_code == 302) == publishes
    assert kb.ParagraphNote.objects.filter(section__source=source).exists() == publishes


# Paragraph by paragraph


def test_a_section_shows_what_is_cited_noted_and_left(curator_client: Client) -> None:
    source = make_town()
    citation = cite_town(source, "Stalls are let")
    public, draft = factories.make_finding(citation=citation), factories.make_finding(citation=citation, state="draft")
    kb.ParagraphNote.objects.create(section=source.sections.first(), paragraph=2, reason="A number only.")
    first, second = page("source_section", source, 1), page("source_section", source, 2)
    html = curator_client.get(first).content.decode()
    for part in (public.ref, draft.ref, "(not public)", "Not used: A number only.", citation.fingerprint[:12]):
        assert part in html
    assert "No paragraph is left." in html
    assert "Left: paragraph 1–2." in curator_client.get(second).content.decode()
    assert "Stalls are let" not in html
    upload(curator_client, source, TEXT)
    html = curator_client.get(first).content.decode()
    assert "Stalls are let" in html
    assert citation.fingerprint[:12] not in html


def test_a_practice_is_begun_with_the_first_sentence_of_a_paragraph(curator_client: Client) -> None:
    source = make_town()
    section = source.sections.get(position=2)
    url = page("source_section", source, 2)
    assert f'?cite={section.pk}-1"' in curator_client.get(url).content.decode()
    upload(curator_client, source, TEXT)
    opening = fingerprint(words("Pupils may choose between two languages from the first day on."))
    rows = curator_client.get(url).context["rows"]
    assert rows[0].begin == f"{section.pk}-1-{opening}-10"
    citation = cite_town(source, "Pupils may choose")
    assert curator_client.get(url).context["rows"][0].begin == str(citation.pk)


@pytest.mark.parametrize("model", [kb.Practice, kb.Finding], ids=lambda model: model.__name__)
def test_the_paragraph_stands_beside_the_form_that_is_opened_with_it(
    curator_client: Client, model: type[Model]
) -> None:
    source = make_town()
    section, add = source.sections.get(position=2), reverse(f"admin:practices_{model._meta.model_name}_add")
    words = "Pupils may choose between two languages from the first day on."
    place = f"{section}, paragraph 1"
    for value in (f"{section.pk}-1", f"{section.pk}-1-{'a' * 64}-10", str(cite_town(source, "Pupils may choose").pk)):
        html = curator_client.get(add, {"cite": value}).content.decode()
        assert place in html.partition('class="paragraph"')[2]
        assert words not in html
    upload(curator_client, source, TEXT)
    url = f"{add}?cite={section.pk}-1"
    for response in (curator_client.get(url), curator_client.post(url, {})):  # also where it is drawn with errors
        assert words in response.content.decode().partition('class="paragraph"')[2]
    for value in ("x", "0-1", f"{section.pk}-9", ""):
        assert words not in curator_client.get(add, {"cite": value}).content.decode()


def test_the_paragraph_stays_beside_the_form_after_a_save(curator_client: Client) -> None:
    source = make_town()
    section = source.sections.get(position=2)
    concept = factories.make_concept(state="draft")
    url = f"{page('concept_change', concept)}?cite={section.pk}-1"
    answer = submit(curator_client, url, "concept_form", definition="Said anew.", _continue="1")
    assert answer.headers["Location"].endswith(f"/change/?cite={section.pk}-1")
    assert fields_of(curator_client, answer.headers["Location"], "concept_form")["citations_lines"] == [""]
    assert "cite=" not in submit(curator_client, url, "concept_form", definition="Said otherwise.").headers["Location"]


def test_several_paragraphs_are_noted_at_once_and_each_once(curator_client: Client) -> None:
    source = make_town()
    url, before = page("source_section", source, 2), kb.DataVersion.current().number
    data = {"note": "1", "paragraph": ["1", "2"], "reason": "Says nothing of practices."}
    assert curator_client.post(url, data).status_code == 302
    notes = kb.ParagraphNote.objects.filter(section__source=source)
    assert list(notes.values_list("paragraph", flat=True)) == [1, 2]
    assert kb.DataVersion.current().number == before + 1
    for wrong in ({"paragraph": ["9"]}, {"paragraph": []}, {"paragraph": ["x"]}, {"reason": ""}, {"reason": "x" * 201}):
        response = curator_client.post(page("source_section", source, 1), {**data, **wrong})
        assert response.status_code == 200, wrong
        assert "errorlist" in response.content.decode()
    assert notes.count() == 2


def test_pages_of_a_source_ask_as_many_queries_of_a_long_one(curator_client: Client) -> None:
    def asked(source: kb.Source, *more: int) -> int:
        url = page("source_section" if more else "source_paragraphs", source, *more)
        assert curator_client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            curator_client.get(url)
        return len(queries)

    small, large = make_town(), kb.Source.objects.get(slug="idm-11")
    factories.make_finding(citation=cite_town(small, "Stalls are let"))
    assert asked(small) == asked(large) <= 12
    assert asked(large, 15) <= asked(small, 1) <= 12


def test_what_is_no_source_or_section_is_404(curator_client: Client) -> None:
    source = make_town()
    for url in (
        page("source_paragraphs", 99999),
        page("source_section", source, 3),
        page("source_section", source, 10**30),
        page("source_outline", 10**30),
    ):
        assert curator_client.get(url).status_code == 404, url


# The cite box with a text


def box(
    client: Client, source: kb.Source, text: str, section: object = "", paragraph: object = "", **more: object
) -> Response:
    data = {"source": source.pk, "section": getattr(section, "pk", section), "paragraph": paragraph, "text": text}
    return client.post(page("citation_cite"), {**data, "check": "1", **more})


def test_the_words_alone_tell_where_a_passage_stands(curator_client: Client) -> None:
    source = make_town()
    upload(curator_client, source, TEXT)
    found = box(curator_client, source, "pupils may CHOOSE between").context["answer"].citation
    assert (found.section.position, found.paragraph, found.words) == (2, 1, 10)
    assert found.fingerprint == fingerprint(words("Pupils may choose between two languages from the first day on."))
    assert found.fingerprint == cite_town(source, "Pupils may choose").fingerprint


@pytest.mark.parametrize(
    ("text", "paragraph", "reason"),
    [
        ("Nobody wrote these words", 1, "do not stand in the text"),
        ("are let by the week", 1, "No sentence starts with these words"),
        ("Pupils may choose between", 1, "They stand elsewhere: section 2 (Schools), paragraph 1"),
        ("Every stall has a number", 1, "They stand elsewhere: section 1 (Markets), paragraph 2"),
    ],
)
def test_words_that_do_not_stand_there_are_refused(
    curator_client: Client, text: str, paragraph: int, reason: str
) -> None:
    source = make_town()
    upload(curator_client, source, TEXT)
    response = box(curator_client, source, text, source.sections.first(), paragraph)
    assert response.context["answer"] is None
    assert reason in response.content.decode()


def test_a_sentence_of_the_chosen_paragraph_is_cited_with_a_click(curator_client: Client) -> None:
    source = make_town()
    upload(curator_client, source, TEXT)
    section = source.sections.first()
    shown = curator_client.get(page("citation_cite"), {"section": section.pk, "paragraph": 1}).context
    assert shown["sentences"] == ["The fish market opens at six.", "Stalls are let by the week."]
    answer = box(curator_client, source, "", section, 1, sentence=shown["sentences"][1]).context["answer"]
    assert answer.citation.words == 6
    assert somebody(Role.CONTRIBUTOR).get(page("citation_cite"), {"section": section.pk}).status_code == 200


# A new report


def begun(client: Client) -> tuple[kb.Source, str]:
    """Return a source without sections whose text is loaded, and the page on which they are proposed."""
    source = factories.make_source(state="draft")
    source.sections.all().delete()
    assert upload(client, source, REPORT).status_code == 302
    return source, page("source_outline", source)


def send(client: Client, url: str, button: str, **changes: object) -> Response:
    values = fields_of(client, url, "outline_form")
    return client.post(url, values | {button: ["1"]} | {name.replace("__", "-"): [v] for name, v in changes.items()})


def test_a_new_report_gets_its_sections_without_a_count_or_fingerprint_being_typed(curator_client: Client) -> None:
    source, url = begun(curator_client)
    assert "Propose its sections" in curator_client.get(page("source_paragraphs", source)).content.decode()
    assert f'data-record="practices.source {source.pk} sections"' in curator_client.get(url).content.decode()
    response = send(curator_client, url, "save")
    assert response.status_code == 302, response.context["problem"]
    assert [message.level_tag for message in get_messages(response.wsgi_request)] == ["success"], "the browser forgets"
    sections = list(source.sections.order_by("position"))
    assert [section.paragraphs for section in sections] == [count for _, _, count in SECTIONS]
    assert [section.title for section in sections][4:6] == ["Markets", "Fish"]
    assert [section.parent and section.parent.title for section in sections][4:] == [
        "The day",
        "Markets",
        "Markets",
        "The day",
        None,
    ]
    assert [(section.number, section.page) for section in sections][3:5] == [("PART I", 4), ("", 4)]
    assert texts.loaded_text(source).reading.missing == []  # type: ignore[union-attr]
    assert sections[0].history.get().history_user.username == "carla"
    assert curator_client.get(url).status_code == 302  # there are some already


def test_headings_are_merged_removed_added_and_moved_to_other_levels(curator_client: Client) -> None:
    source, url = begun(curator_client)
    changes = {"form__1__what": "none", "form__6__what": "none", "form__5__what": "2"}
    response = send(curator_client, url, "add", missing="Stalls are let by", **changes)
    forms = list(response.context["formset"])
    assert len(forms) == len(SECTIONS) + 1
    assert "data-redrawn" in response.content.decode(), "what was typed before stays in the browser"
    assert forms[5].text == "Stalls are let by"
    assert forms[6]["what"].value() == "2"
    assert not source.sections.exists()
    response = send(curator_client, url, "save", **changes)
    assert response.status_code == 302
    fish = source.sections.get(title="Fish")
    assert (fish.parent.title, fish.paragraphs) == ("The day", 5)  # with "Bread", which is a paragraph now


def test_two_lines_of_one_heading_are_joined(curator_client: Client) -> None:
    source, url = begun(curator_client)
    changes = {"form__4__what": "joined", "form__3__title": "The day: markets"}
    assert send(curator_client, url, "save", **changes).status_code == 302
    joined = source.sections.get(title="The day: markets")
    assert (joined.heading_words, joined.paragraphs) == (5, 1)
    assert texts.loaded_text(source).reading.missing == []  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"form__2__title": ""}, "Give it a title."),
        ({"form__2__what": "joined"}, "It does not stand right below a heading."),
        ({"form__2__what": "9"}, "Select a valid choice"),
        ({"form__2__start": "99999"}, "Some of it cannot be"),
        ({"form__2__start": "x"}, "Enter a whole number"),
        ({"form__2__page": "0"}, "greater than or equal to 1"),
        ({f"form__{row}__what": "none" for row in range(9)}, "A report has a section at least."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    curator_client: Client, changes: dict[str, str], reason: str
) -> None:
    source, url = begun(curator_client)
    response = send(curator_client, url, "save", form__0__title="Typed by hand", **changes)
    assert response.status_code == 200
    html = response.content.decode()
    assert reason in html
    assert "Typed by hand" in html
    assert not source.sections.exists()


def test_a_forged_form_is_no_error(curator_client: Client) -> None:
    _source, url = begun(curator_client)
    for data in ({}, {"form-TOTAL_FORMS": "x"}, {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "save": "1"}):
        assert curator_client.post(url, data).status_code == 200, data


def test_l7_sections_of_a_public_source_are_begun_by_who_may_edit_it(curator_client: Client) -> None:
    source, url = begun(curator_client)
    kb.Source.objects.filter(pk=source.pk).update(state="published")
    assert somebody(Role.EDITOR).get(url).status_code == 403
    assert somebody(Role.PUBLISHER).get(url).status_code == 200
    assert somebody(None).get(url).status_code == 403
