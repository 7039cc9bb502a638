"""What is kept as JSON is written one item to a line, and nothing but what pages can show gets in."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client

from practices import models as kb
from practices.admin.form.fields import AttendanceField, LanguagesField, NamesField
from practices.curation.changes.pending import pending_of
from tests import factories
from tests.forms import add, admin_url, change, errors, fields_of, form_of

pytestmark = pytest.mark.django_db

NAMES = [
    {"text": "Escola da Noite", "lang": "pt", "kind": "translation"},
    {"text": "EN", "lang": "", "kind": "acronym"},
]
ATTENDANCE = [
    {"count": 30, "qualifier": "exact", "what": "delegates"},
    {"count": 200, "qualifier": "at-least", "what": "visitors"},
    {"count": None, "qualifier": "", "what": "staff of the ministry"},
]


def test_names_are_read_from_lines() -> None:
    text = "  Escola da Noite | pt |translation\r\n\r\nEN||acronym\n"
    assert NamesField().clean(text) == NAMES


def test_no_names_are_an_empty_list() -> None:
    assert NamesField().clean("") == NamesField().clean(" \n\n") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Escola | pt", 1),
        ("Escola | pt | name\nEscola", 2),
        ("Escola | pt | name | more", 1),
        ("\n\nEscola | pt | nonsense", 3),
        (" | pt | name", 1),
    ],
)
def test_a_line_that_is_no_name_is_named(text: str, line: int) -> None:
    with pytest.raises(ValidationError, match=f"Line {line}: write text | language | kind"):
        NamesField().clean(text)


@pytest.mark.parametrize(
    ("field", "value"), [(NamesField(), NAMES), (AttendanceField(), ATTENDANCE), (LanguagesField(), ["en", "fr"])]
)
def test_what_a_field_shows_it_reads_back_the_same(field: forms.Field, value: object) -> None:
    shown = field.prepare_value(value)
    assert isinstance(shown, str)
    assert field.clean(shown) == value
    assert not field.has_changed(value, shown)
    assert not field.has_changed(value, shown.replace("\n", "\r\n"))
    assert field.has_changed(value, shown + "x")


@pytest.mark.parametrize(
    "text",
    ["5", "delegates", "many | exact | delegates", "30 | roughly | delegates", "30 | | delegates", "30 | exact | ",
     "-1 | exact | delegates", "1.5 | about | delegates", "| exact | delegates", "[]", "٣٠ | exact | delegates"],
)  # fmt: skip
def test_attendance_that_no_page_could_show_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Line 1: write number"):
        AttendanceField().clean(text)


@pytest.mark.parametrize("text", ["5", "English", "[]", "e", "en; fr", "en, <b>"])
def test_languages_that_are_no_codes_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="no language code"):
        LanguagesField().clean(text)


@pytest.mark.parametrize(
    "text", ["Escola | xx | name", "Escola | English | name", "EN || acronym\nEscola | zz-Latn | name"]
)
def test_a_name_in_no_language_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is no language code"):
        NamesField().clean(text)


def test_a_title_in_no_language_is_refused(curator_client: Client) -> None:
    practice = factories.make_practice()
    response = change(curator_client, practice, title_original="Título", title_original_lang="xx")
    assert "xx is no language code." in errors(response)
    assert change(curator_client, practice, title_original="Título", title_original_lang="es").status_code == 302


@pytest.mark.parametrize("model", [kb.Practice, kb.Stakeholder, kb.Concept])
def test_other_names_survive_a_form_that_is_opened_and_saved(curator_client: Client, model: type[kb.Curated]) -> None:
    make = {
        kb.Practice: factories.make_practice,
        kb.Stakeholder: factories.make_stakeholder,
        kb.Concept: factories.make_concept,
    }
    record = make[model](other_names=NAMES)
    shown = fields_of(curator_client, admin_url("change", record), form_of(record))["other_names"]
    assert shown == ["Escola da Noite | pt | translation\nEN |  | acronym"]
    assert change(curator_client, record).status_code == 302
    record.refresh_from_db()
    assert record.other_names == NAMES


def test_an_error_in_a_name_names_the_line_in_the_form(curator_client: Client) -> None:
    record = factories.make_concept()
    assert "Line 2" in errors(change(curator_client, record, other_names="A | en | name\nB"))


def test_attendance_is_shown_on_the_public_page(client: Client, curator_client: Client) -> None:
    event = factories.make_event(attendance=ATTENDANCE[:1])
    assert change(curator_client, event, attendance="200 | at-least | visitors", _publish="1").status_code == 302
    html = client.get(event.get_absolute_url()).content.decode()
    assert "at least 200 visitors" in html
    assert "delegates" not in html


def test_a_source_is_added_with_its_languages(curator_client: Client) -> None:
    fields = {"title": "A new report", "slug": "a-new-report", "publisher": "P", "year": 2020, "reported_year": 2019}
    response = add(curator_client, kb.Source, **fields, languages="en, fr", url="example.org/report")
    assert response.status_code == 302, errors(response)
    source = kb.Source.objects.get(slug="a-new-report")
    assert source.languages == ["en", "fr"]
    assert source.url == "https://example.org/report"


@pytest.mark.once
def test_texts_whose_lines_end_as_browsers_send_them_have_not_changed(curator_client: Client) -> None:
    text = "It began in the city.\n\nIt went on elsewhere."
    practice = factories.make_practice(description=text)
    practice.outcomes.create(kind=kb.OutcomeKind.RESULT, statement=text)
    sent = text.replace("\n", "\r\n")
    change(curator_client, practice, title="Another title", description=sent, **{"outcomes-0-statement": sent})
    edit = pending_of(practice)
    assert edit is not None
    assert (edit.description, edit.outcomes.get().statement) == (text, text)
