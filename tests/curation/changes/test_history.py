"""The change history tells who changed what of a practice and of its rows."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from practices import models as kb
from practices.curation.changes.history import record_history
from tests import factories
from tests.forms import act, add_row, admin_url, change, fields_of, form_of

pytestmark = pytest.mark.django_db


def an_hour_ago() -> None:
    """Put all that was recorded so far into the past, so that what follows is told apart from it."""
    for model in (kb.Practice, *kb.PRACTICE_ROWS):
        model.history.update(history_date=timezone.now() - timedelta(hours=1))  # type: ignore[attr-defined]


def told(practice: kb.Practice) -> list[tuple[str, str, str]]:
    """Return (sign, kind of row, name) of every step of the latest change."""
    return [(record.sign, record.kind, record.name) for record in record_history(practice)[0].records]


def fields(practice: kb.Practice) -> dict[str, tuple[str, str]]:
    """Return the fields of the latest change, each from what to what."""
    records = record_history(practice)[0].records
    return {field.lower(): (str(old), str(new)) for record in records for field, old, new in record.fields}


def test_an_edit_is_shown_with_its_rows_and_who_made_it(curator_client: Client, curator: User) -> None:
    practice = factories.make_practice(title="Before", countries=(("PT", "destination"), ("FR", "destination")))
    an_hour_ago()
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice)) | {"title": ["After"]}
    values["country_links-0-DELETE"] = ["on"]
    add_row(values, "outcomes", kind="result", statement="Many came.")
    values["_publish"] = [""]
    assert curator_client.post(url, values).status_code == 302
    html = curator_client.get(admin_url("history", practice)).content.decode()
    assert curator.username in html
    assert "<del>Before</del><ins>After</ins>" in html
    assert "Outcome: Many came." in html
    assert "Country: Portugal (Destination)" in html
    assert {sign for sign, _what, _name in told(practice)} == {"+", "~", "-"}


def test_a_step_of_the_workflow_is_told_as_such(curator_client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    an_hour_ago()
    act(curator_client, "publish", practice)
    html = curator_client.get(admin_url("history", practice)).content.decode()
    assert ": Published" in html
    assert fields(practice)["state"] == ("Draft", "Published")


def test_hostile_text_in_a_story_is_shown_as_text(curator_client: Client) -> None:
    practice = factories.make_practice()
    an_hour_ago()
    change(curator_client, practice, title="<script>alert(1)</script>", _publish="")
    html = curator_client.get(admin_url("history", practice)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_terms_and_citations_are_told_by_their_names() -> None:
    practice = factories.make_practice(topics=("language",))
    involvement, citation = practice.involvements.get(), factories.make_citation()
    an_hour_ago()
    practice.topics.set(kb.Topic.objects.filter(code="work"))
    involvement.citations.add(citation)
    language, work = (kb.Topic.objects.get(code=code).label for code in ("language", "work"))
    assert fields(practice)["topics"] == (language, work)
    assert fields(practice)["citations"] == ("–", str(citation))


def test_an_actor_that_gets_a_name_is_told_from_nothing_to_the_name() -> None:
    practice = factories.make_practice()
    involvement, actor = practice.involvements.get(), factories.make_stakeholder(name="The bakery")
    an_hour_ago()
    involvement.stakeholder = actor
    involvement.save()
    assert fields(practice)["stakeholder"] == ("–", "The bakery")


def test_a_figure_of_zero_is_told_as_zero() -> None:
    practice = factories.make_practice()
    outcome = practice.outcomes.create(statement="None came.", value=5, qualifier="exact")
    an_hour_ago()
    outcome.value = 0
    outcome.save()
    assert fields(practice)["figure"] == ("5", "0")


def test_a_story_can_be_told_when_what_it_names_is_gone(curator_client: Client) -> None:
    other, actor = factories.make_practice(), factories.make_stakeholder()
    practice = factories.make_practice(involvements=(("ngo", "lead", actor),))
    kb.Relation.objects.create(practice=practice, other=other, kind="part-of")
    link = practice.citation_links.get()
    citation = link.citation
    an_hour_ago()
    for gone in (other, practice.involvements.get(), actor, link, citation):
        gone.delete()
    response = curator_client.get(admin_url("history", practice))
    assert response.status_code == 200
    assert "Part of: Deleted practice" in response.content.decode()


def test_a_story_of_more_rows_asks_no_more_queries() -> None:
    practice = factories.make_practice()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            record_history(practice)
        return len(captured)

    few = queries()
    for n in range(10):
        citation = factories.make_citation()
        kb.PracticeCitation.objects.create(practice=practice, position=n + 2, citation=citation)
        actor = factories.make_stakeholder()
        role = kb.StakeholderRole.objects.get(code="ngo")
        kb.Involvement.objects.create(practice=practice, position=n + 2, role=role, function="lead", stakeholder=actor)
    assert queries() == few


def test_a_practice_without_history_says_so(curator_client: Client) -> None:
    practice = factories.make_practice()
    for model in (kb.Practice, *kb.PRACTICE_ROWS):
        model.history.all().delete()  # type: ignore[attr-defined]
    assert b"Nothing has been recorded yet." in curator_client.get(admin_url("history", practice)).content
