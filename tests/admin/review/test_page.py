"""The review page: all that a draft says, what it lacks, what is like it, whether its passages stand in the texts."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from practices import models as kb
from practices.curation.changes import pending, review
from practices.curation.changes.content import columns, row_models
from practices.curation.sources import texts
from tests import factories
from tests.curation.changes.test_pending import MAKE, whole_practice
from tests.factories import Record
from tests.forms import admin_url
from tests.town import TEXT, cite_town, make_town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)
#: what tells a passage or section in a text, and no reader sees
HASHES = ("fingerprint", "heading_fingerprint")


def page_of(client: Client, record: Model) -> str:
    response = client.get(admin_url("review", record))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def draft(record: Record) -> Record:
    type(record).objects.filter(pk=record.pk).update(state=kb.State.DRAFT)
    record.refresh_from_db()
    return record


def said(record: Model) -> Iterator[str]:
    """Yield every text of a record and its rows, and the names of all that they name."""
    rows = (
        row
        for kind, owner in row_models(type(record)).items()
        for row in kind._default_manager.filter(**{owner: record})
    )
    for part in (record, *rows):
        for item in columns(type(part)).values():
            value = getattr(part, item.name)
            if item.is_relation or isinstance(item, models.CharField | models.TextField):
                display = getattr(part, f"get_{item.name}_display", None)
                if value and item.name not in HASHES:
                    yield str(display() if display else value)
        for relation in part._meta.many_to_many:
            yield from map(str, getattr(part, relation.name).all())


@each_kind
def test_the_review_of_a_draft_shows_all_that_it_says(curator_client: Client, model: type[kb.Curated]) -> None:
    record = draft(MAKE[model]())
    page = page_of(curator_client, record)
    assert [text for text in said(record) if text not in page] == []


def test_a_draft_is_read_in_the_order_of_its_form(curator_client: Client) -> None:
    page = page_of(curator_client, draft(whole_practice()))
    headings = re.findall("<h4>([^<]+)</h4>", page)
    wanted = ["Name", "What it is", "Countries", "Involvements", "Outcomes", "Relations", "Terms", "Citations"]
    assert [heading for heading in headings if heading in wanted] == wanted
    assert "Left empty:" in page


def test_what_it_lacks_leads_to_the_place_in_its_form(curator_client: Client) -> None:
    bare = factories.make_practice(state=kb.State.DRAFT, topics=())
    bare.citation_links.all().delete()
    page, form = page_of(curator_client, bare), admin_url("change", bare)
    assert f'href="{form}#id_topics"' in page
    assert f'href="{form}#citation_links-group"' in page


@pytest.mark.parametrize("is_edit", [False, True], ids=["draft", "pending edit"])
def test_records_like_it_stand_beside_it(curator_client: Client, curator: User, is_edit: bool) -> None:
    other = factories.make_practice(title="Evening classes of the city of Porto")
    record = factories.make_practice(title="Evening classes of the city of Porto, again")
    record = pending.pending_edit(record, curator) if is_edit else draft(record)
    page = page_of(curator_client, record)
    assert admin_url("change", other) in page
    assert "names alike" in page


def test_more_rows_take_no_more_queries(curator_client: Client) -> None:
    factories.make_practice()  # which has a like name
    counts = []
    for number in (1, 6):
        practice = factories.make_practice(
            state=kb.State.DRAFT,
            involvements=tuple(("ngo", "lead", factories.make_stakeholder()) for _ in range(number)),
        )
        source = factories.make_source()
        for position in range(number):
            outcome = practice.outcomes.create(statement=f"Came {position}.", position=position + 1)
            outcome.citations.add(factories.make_citation(source))
        with CaptureQueriesContext(connection) as queries:
            page_of(curator_client, practice)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Passages


@pytest.fixture
def private(settings: Settings, tmp_path: Path) -> None:
    """Keep texts in a folder of the test."""
    settings.KB_PRIVATE = tmp_path / "private"


def test_each_passage_is_looked_for_in_the_text_where_that_is_loaded(curator_client: Client, private: None) -> None:
    source = make_town()
    found, missing = cite_town(source, "Every stall has"), cite_town(source, "Pupils may choose", fingerprint="0" * 64)
    practice = factories.make_practice(state=kb.State.DRAFT, citation=found)
    practice.outcomes.create(statement="Many are let.", value=70, qualifier="about", unit="stalls", position=1)
    practice.outcomes.get().citations.add(missing)
    page = page_of(curator_client, practice)
    assert "is not loaded" in page
    assert "nearly sixty" not in page
    texts.load(source, TEXT)
    page = page_of(curator_client, practice)
    assert "nearly sixty are let" in page
    assert "1 passage was found in the text." in page
    assert page.count("Its words do not stand in the text.") == 2
    assert "The figure 70 (stalls) does not stand" in page


# The way back


def test_why_it_was_sent_back_stands_in_its_form_until_it_is_sent_again(curator_client: Client, curator: User) -> None:
    edit = pending.pending_edit(factories.make_practice(), curator)
    review.send_for_review([edit], curator)
    review.request_changes(edit, curator, "Say where it began.")
    for record in (edit, edit.draft_of):
        form = curator_client.get(admin_url("change", record), follow=True).content.decode()
        assert "Say where it began." in form
    review.send_for_review([edit], curator)
    assert "Say where it began." not in curator_client.get(admin_url("change", edit)).content.decode()


def test_the_review_of_an_edit_that_has_ended_leads_to_its_record(curator_client: Client, curator: User) -> None:
    practice = factories.make_practice()
    edit = pending.pending_edit(practice, curator)
    edit.title = "In other words"
    edit.save()
    data = {"step": "publish", "fields": ["title"]}
    for _ in range(2):  # a double click
        response = curator_client.post(admin_url("review", edit), data, follow=True)
        assert response.redirect_chain[-1][0] == admin_url("change", practice)
    practice.refresh_from_db()
    assert practice.version == 2
