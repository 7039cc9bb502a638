"""The form of a record: in reading order, with what is wrong, missing and alike; nothing is written before a save."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.forms.models import InlineForeignKeyField
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.admin.form.help import PLAIN
from practices.curation.changes import pending
from practices.curation.operations.distinct import note_distinct
from tests import factories
from tests.conftest import HttpsClient, logged_in
from tests.forms import Values, add_row, admin_url, errors, fields_of, form_of
from tests.responses import Response

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: fields of rows that Django adds
ROWS = ("ORDER", "DELETE", "id")
each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)


def page(response: Response) -> str:
    return str(response.content.decode())


def opened(client: Client, record: Model) -> Values:
    return fields_of(client, admin_url("change", record), form_of(record))


def check(client: Client, record: Model, values: Values) -> str:
    """Return what is said beside a form while somebody types these values."""
    response = client.post(admin_url("check", record), values)
    assert response.status_code == 200
    return page(response)


# Layout


def test_a_practice_is_written_in_the_order_in_which_it_is_read(curator_client: Client) -> None:
    html = page(curator_client.get(admin_url("add", kb.Practice)))
    headings = re.findall(r"<h2 id=[^>]*>([^<]*)<", html)
    assert headings == [
        *("Name", "What it is", "Countries", "Places", "Involvements", "When, and how sure", "Outcomes", "Relations"),
        *("Terms", "Citations", "Bookkeeping"),
    ]


def test_the_name_comes_first_and_has_the_focus_and_what_enter_does_comes_before_other_buttons(
    curator_client: Client,
) -> None:
    for model, name in ((kb.Practice, "title"), (kb.Stakeholder, "name"), (kb.Topic, "label"), (kb.Place, "name")):
        html = page(curator_client.get(admin_url("add", model)))
        assert re.search(rf'<input[^>]*name="{name}"[^>]* autofocus', html), model
        assert html.index(f'name="{name}"') < html.index("data-beside"), "on a phone what it lacks stands below"
    form = html.partition('_form"')[2]
    assert re.findall(r'<(?:input|button)[^>]*type="submit"[^>]*name="([^"]+)"', form)[0] == "_save"


@each_kind
def test_every_field_has_a_word_of_help_or_needs_none(rf: RequestFactory, curator: User, model: type[Model]) -> None:
    request = rf.get("/")
    request.user = curator
    site = admin.site._registry[model]
    forms = [(model, site.get_form(request)().fields)]
    forms += [(row.model, row.get_formset(request)().empty_form.fields) for row in site.get_inline_instances(request)]
    silent = {
        f"{owner._meta.model_name}.{name}"
        for owner, fields in forms
        for name, field in fields.items()
        if not field.help_text and not isinstance(field, InlineForeignKeyField) and name not in ROWS
    }
    assert silent - PLAIN == set()


# What is wrong


def test_each_error_is_listed_on_top_with_a_link_to_its_field(curator_client: Client) -> None:
    practice = factories.make_practice()
    values = opened(curator_client, practice) | {"title": [""], "year_start": ["201"]}
    add_row(values, "outcomes", kind="limit", statement="", value="over 150")
    html = page(curator_client.post(admin_url("change", practice), values))
    top = html.partition('class="faults"')[2].partition("</div>")[0]
    for target, label in (
        ("id_title", "Title"),
        ("id_year_start", "First year"),
        ("id_outcomes-0-statement", "Outcome 1: Statement"),
        ("id_outcomes-0-value", "Outcome 1: Figure"),
    ):
        assert f'<a href="#{target}">{label}</a>' in top
        assert f'id="{target}"' in html.replace(top, "")


def test_what_a_row_lacks_that_was_taken_away_is_no_error(curator_client: Client) -> None:
    practice = factories.make_practice()
    values = opened(curator_client, practice) | {"title": [""]}
    add_row(values, "outcomes", kind="limit", statement="", DELETE="on")
    top = page(curator_client.post(admin_url("change", practice), values)).partition('class="faults"')[2]
    assert "#id_title" in top
    assert "#id_outcomes-0-statement" not in top


@pytest.mark.parametrize(
    ("typed", "value"), [("1,000", 1000), ("1 000", 1000), ("12,345,678.5", 12345678.5), ("1\u202f000", 1000)]
)  # fmt: skip
def test_a_figure_is_taken_as_people_write_it(curator_client: Client, typed: str, value: float) -> None:
    practice = factories.make_practice()
    values = opened(curator_client, practice)
    add_row(values, "outcomes", kind="result", statement="Many came.", value=typed, qualifier="exact", unit="pupils")
    response = curator_client.post(admin_url("change", practice), values | {"_publish": [""]})
    assert response.status_code == 302, errors(response)
    assert practice.outcomes.get().value == value


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("over 150", "how exact"), ("1,00", "Write the number alone"), ("-5", "not below zero"), ("many", "how exact")],
)
def test_a_figure_that_is_none_is_refused_with_advice(curator_client: Client, typed: str, reason: str) -> None:
    practice = factories.make_practice()
    values = opened(curator_client, practice)
    add_row(values, "outcomes", kind="result", statement="Many came.", value=typed, qualifier="exact")
    assert reason in errors(curator_client.post(admin_url("change", practice), values))


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        ({"title": "Ångström’s night school"}, "angstroms-night-school"),
        ({"title": "مدرسة ليلية", "title_original": "École du soir", "title_original_lang": "fr"}, "ecole-du-soir"),
    ],
)
def test_a_slug_left_empty_is_made_of_a_name(curator_client: Client, names: dict[str, str], slug: str) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    values = opened(curator_client, practice) | {"slug": [""]} | {name: [text] for name, text in names.items()}
    response = curator_client.post(admin_url("change", practice), values)
    assert response.status_code == 302, errors(response)
    practice.refresh_from_db()
    assert practice.slug == slug


@pytest.mark.parametrize("title", ["夜校", "रात्रि पाठशाला", "مدرسة ليلية"])
def test_a_name_of_no_latin_letter_asks_for_a_slug_in_latin_letters(curator_client: Client, title: str) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    values = opened(curator_client, practice) | {"title": [title], "slug": [""]}
    assert "write one in Latin letters" in errors(curator_client.post(admin_url("change", practice), values))


# What is missing, and what is alike


def test_what_a_draft_lacks_stands_beside_the_form_with_links_to_where_it_is_written(curator_client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT, summary="Short.")
    practice.citation_links.all().delete()
    practice.topics.clear()
    html = page(curator_client.get(admin_url("change", practice)))
    lacks = html.partition('class="lacks"')[2].partition("</ul>")[0]
    for target in ("citation_links-group", "id_topics", "id_summary"):
        assert f'href="#{target}"' in lacks
        assert f'id="{target}"' in html
    assert "A topic" in lacks
    assert "involvement" not in lacks


@each_kind
def test_what_is_typed_is_judged_as_if_it_were_saved_and_nothing_is_written(
    curator_client: Client, model: type[Model]
) -> None:
    from tests.admin.test_admin import make

    record = make(model)
    values = opened(curator_client, record)
    history, version = record.history.count(), kb.DataVersion.current().number
    fields = model._default_manager.values().get(pk=record.pk)
    if "citations" in values:
        assert "A citation" in check(curator_client, record, {**values, "citations": []}) or model is not kb.Finding
    assert "Nothing." in check(curator_client, record, values)
    assert model._default_manager.values().get(pk=record.pk) == fields
    assert (record.history.count(), kb.DataVersion.current().number) == (history, version)


def test_rows_that_are_typed_and_not_saved_count(curator_client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    practice.involvements.all().delete()
    values = opened(curator_client, practice)
    assert "An involvement" in check(curator_client, practice, values)
    role = kb.StakeholderRole.objects.get(code="ngo")
    add_row(values, "involvements", role=role, function="lead", stakeholder="", note="A bakery.")
    assert "An involvement" not in check(curator_client, practice, values)
    assert not practice.involvements.exists()


def test_a_form_that_is_half_filled_in_is_judged_as_far_as_it_goes(curator_client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    values = opened(curator_client, practice) | {"summary": ["Short."], "title": [""], "kind": ["x"]}
    values |= {"outcomes-TOTAL_FORMS": ["x"]}
    assert "A summary of 15 to 60 words" in check(curator_client, practice, values)
    values |= {"year_start": ["2006"], "year_end": ["2001"], "topics": [""]}
    assert "A topic" in check(curator_client, practice, values)


@each_kind
def test_what_a_new_record_lacks_is_said_before_the_first_save_and_nothing_is_written(
    curator_client: Client, model: type[kb.Curated]
) -> None:
    url = admin_url("add", model)
    values = fields_of(curator_client, url, form_of(model))
    sequence, history = list(kb.RefSequence.objects.values()), model.history.count()
    said = page(curator_client.post(f"{url}check/", values))
    lacks = re.findall(r'<a href="#([^"]+)">', said.partition('class="lacks"')[2].partition("</ul>")[0])
    assert f"id_{model.name_field}" in lacks
    gates = {
        kb.Practice: {"citation_links-group", "country_links-group", "id_dimensions", "id_topics", "id_summary"},
        kb.Finding: {"id_citations"},
    }
    assert gates.get(model, set()) <= set(lacks)
    named = page(curator_client.post(f"{url}check/", {**values, model.name_field: ["A name"]}))
    assert f'"#id_{model.name_field}"' not in named
    assert (list(kb.RefSequence.objects.values()), model.history.count()) == (sequence, history)


def test_what_is_typed_of_a_new_record_is_lacking_no_more(curator_client: Client) -> None:
    section = factories.make_source().sections.get()
    passage = f"{section.pk}-1-{'a' * 64}-10"
    for model, prefix in ((kb.Practice, "citation_links"), (kb.Finding, "citations")):
        url = f"{admin_url('add', model)}?cite={passage}"
        values = fields_of(curator_client, url, form_of(model))  # of which nothing else is typed yet
        said = page(curator_client.post(f"{admin_url('add', model)}check/", values))
        assert 'href="#id_title"' in said
        assert f'href="#{prefix}-group"' not in said
        assert 'href="#id_citations"' not in said
    assert not section.citations.exists()


def test_a_record_of_like_name_is_shown_before_the_new_one_is_saved(curator_client: Client) -> None:
    there = factories.make_stakeholder(name="City of Zembla")
    url = f"{admin_url('add', kb.Stakeholder)}check/"
    said = page(curator_client.post(url, {"name": "Zembla City"}))
    assert f'href="{admin_url("change", there)}"' in said
    assert there.ref in said


def test_a_practice_of_the_same_actor_country_and_topic_is_shown_whatever_its_name(curator_client: Client) -> None:
    actor = factories.make_stakeholder()
    there = factories.make_practice(involvements=(("ngo", "lead", actor),))
    draft = factories.make_practice(state=kb.State.DRAFT, title="Quite another name")
    values = opened(curator_client, draft)
    address = admin_url("change", there)
    assert address not in check(curator_client, draft, values)
    values["involvements-0-stakeholder"] = [str(actor.pk)]
    assert address in check(curator_client, draft, values)
    assert address not in page(curator_client.get(admin_url("change", draft)))
    draft.involvements.update(stakeholder=actor)
    assert address in page(curator_client.get(admin_url("change", draft)))


@pytest.mark.parametrize("state", [kb.State.DRAFT, kb.State.PUBLISHED])
def test_what_a_curator_told_apart_is_shown_no_more(curator_client: Client, curator: User, state: str) -> None:
    told, other = (factories.make_stakeholder(name=name) for name in ("City of Zembla", "Zembla City"))
    record = factories.make_stakeholder(name="The city of Zembla", state=state)
    note_distinct(record, told, curator)
    record = pending.pending_edit(record, curator) if record.is_published else record
    for said in (
        check(curator_client, record, opened(curator_client, record)),
        page(curator_client.get(admin_url("change", record))),
    ):
        assert admin_url("change", other) in said
        assert admin_url("change", told) not in said


@pytest.mark.parametrize("model", [kb.Practice, kb.Finding, kb.Topic, kb.Place], ids=lambda model: model.__name__)
def test_looking_for_what_is_alike_asks_no_more_queries_of_more_records(
    curator_client: Client, model: type[Model]
) -> None:
    from tests.admin.test_admin import make

    record = make(model, 2)
    make(model, 5)  # so that some are alike whatever numbers they are called by: those are read with one query more
    values = opened(curator_client, record)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            check(curator_client, record, values)
        return len(captured)

    queries()
    few = queries()
    make(model, 5)
    assert queries() <= few


@each_kind
def test_l7_nobody_checks_a_record_without_the_right_to_change_it(model: type[Model]) -> None:
    from tests.admin.test_admin import make

    record = make(model)
    client = logged_in(HttpsClient(), User.objects.create_user("rita", password="x", is_staff=True))
    for url in (admin_url("check", record), admin_url("presence", record), f"{admin_url('add', model)}check/"):
        assert client.post(url).status_code in (403, 404), url  # no such record for who may not read it


def test_the_addresses_of_the_form_take_nothing_but_posts_and_known_records(curator_client: Client) -> None:
    practice = factories.make_practice()
    for name in ("check", "presence"):
        assert curator_client.get(admin_url(name, practice)).status_code == 405
        unknown = admin_url(name, practice).replace(f"/{practice.pk}/", "/999999/")
        assert practice.title not in page(curator_client.post(unknown))
    assert curator_client.post(admin_url("check", practice)).status_code == 200  # an empty form


# After a save


def test_the_public_page_is_opened_as_it_is_now(client: Client, curator_client: Client) -> None:
    practice = factories.make_practice()
    html = page(curator_client.get(admin_url("change", practice)))
    address = f"{practice.get_absolute_url()}?v={kb.DataVersion.current().number}"
    assert html.count(f'href="{address}"') == 2
    assert client.get(address).status_code == 200
    draft = factories.make_practice(state=kb.State.DRAFT)
    assert draft.get_absolute_url() not in page(curator_client.get(admin_url("change", draft)))


def test_browsers_that_ask_for_an_icon_get_one(client: Client, curator_client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"].endswith("favicon.svg")
    assert 'rel="icon"' in page(curator_client.get("/admin/"))
