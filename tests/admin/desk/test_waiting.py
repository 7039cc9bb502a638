"""The desk: what waits for a curator, for review, and for an answer to readers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from practices import models as kb
from practices.admin import desk
from practices.curation.changes.comments import add_comment
from practices.curation.changes.pending import pending_edit
from tests import factories
from tests.admin.desk.page import edited, listed, section
from tests.forms import admin_url

pytestmark = pytest.mark.django_db


def test_my_drafts_and_what_was_sent_back_to_me_wait_for_me(curator_client: Client, curator: User) -> None:
    mine = edited(curator_client, factories.make_practice(state=kb.State.DRAFT), curator)
    back = edited(curator_client, factories.make_finding(state=kb.State.DRAFT), curator)
    edited(curator_client, back, curator, state=kb.State.CHANGES_REQUESTED)
    factories.make_practice(state=kb.State.DRAFT, title="Somebody else's")
    lines = section(curator_client, "for-me").lines
    assert [line.url for line in lines] == [admin_url("change", back), admin_url("change", mine)]
    assert listed(curator_client, f"{admin_url('changelist', kb.Practice)}?mine=yes&state=draft") == [mine]


def test_word_from_other_curators_waits_until_the_record_is_opened(curator_client: Client, curator: User) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    other = User.objects.create_user("otto")
    add_comment(practice, other, "Which year is it?", to=curator)
    add_comment(practice, curator, "To nobody")
    [line] = section(curator_client, "for-me").lines
    assert line.url == admin_url("review", practice)
    assert line.label == f"{practice.ref} {practice.title}"
    assert "otto" in line.detail and "Which year is it?" in line.detail
    curator_client.get(line.url)
    assert section(curator_client, "for-me").lines == []


def test_a_pending_edit_says_that_it_is_one(curator_client: Client, curator: User) -> None:
    edit = pending_edit(factories.make_practice(), curator)
    [line] = section(curator_client, "for-me").lines
    assert line.url == admin_url("change", edit)
    assert "edit of a public practice" in line.detail


def test_many_pending_edits_lead_to_the_list_of_their_records(curator_client: Client, curator: User) -> None:
    for _ in range(desk.MOST):
        edit = pending_edit(factories.make_concept(), curator)
        kb.Concept.objects.filter(pk=edit.pk).update(state=kb.State.IN_REVIEW)
    rest = section(curator_client, "for-review").lines[-1]
    assert rest.count == len(listed(curator_client, rest.url)) == desk.MOST
    assert rest.detail == "pending edits"


def test_what_waits_for_review_stands_there_the_longest_first(curator_client: Client) -> None:
    practices = [factories.make_practice(state=kb.State.IN_REVIEW) for _ in range(3)]
    for days, practice in enumerate(practices):
        kb.Practice.objects.filter(pk=practice.pk).update(modified=timezone.now() - timedelta(days=days))
    lines = section(curator_client, "for-review").lines
    assert [line.url for line in lines] == [admin_url("review", practice) for practice in reversed(practices)]


def test_many_records_are_a_line_with_their_number_that_leads_to_their_list(curator_client: Client) -> None:
    for _ in range(desk.MOST + 2):
        factories.make_concept(state=kb.State.IN_REVIEW)
    *records, rest = section(curator_client, "for-review").lines
    assert len(records) == desk.MOST
    assert rest.count == len(listed(curator_client, rest.url)) == desk.MOST + 2


def test_what_readers_suggest_waits_on_the_desk_until_it_is_answered(curator_client: Client, curator: User) -> None:
    first, second, mine = (factories.make_suggestion() for _ in range(3))
    kb.ReaderSuggestion.objects.filter(pk=mine.pk).update(assigned_to=curator, state="assigned")
    factories.make_suggestion(state="declined")
    shown = section(curator_client, "from-readers").lines
    assert [line.label for line in shown] == [str(mine), str(first), str(second)]
    assert [line.url for line in shown] == [admin_url("change", one) for one in (mine, first, second)]
    for _ in range(desk.MOST):
        factories.make_suggestion()
    more = section(curator_client, "from-readers").lines[-1]
    assert more.count == len(listed(curator_client, more.url)) == desk.MOST + 3
