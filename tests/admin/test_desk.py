"""The desk: each line leads to the list of just those records, everybody sees what is theirs, and nothing grows."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from practices import models as kb
from practices.admin import desk
from practices.curation import upkeep, workflow
from practices.curation.comments import add_comment, mark_seen
from practices.curation.operations import recorded
from practices.curation.pending import pending_edit
from practices.curation.quality import GATES
from practices.curation.roles import Role, give_role
from tests import factories
from tests.admin.test_admin import queries
from tests.conftest import HttpsClient, logged_in
from tests.forms import admin_url, messages

pytestmark = pytest.mark.django_db

DESK = "/admin/"
#: what the whole page may ask, whatever there is to show
MOST_QUERIES = 60


def section(client: Client, name: str) -> desk.DeskSection:
    """Return a section as the desk shows it."""
    return next(section for section in client.get(DESK).context["sections"] if section.name == name)


def listed(client: Client, url: str) -> list[Any]:
    """Return the records of a list in the admin."""
    response = client.get(url)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def edited(client: Client, record: Any, user: User, **fields: Any) -> Any:
    """Sign a record's history with a user, as if they had added it."""
    record.history.update(history_user=user)
    for name, value in fields.items():
        setattr(record, name, value)
    record._history_user = user
    record.save()
    return record


def browser_of(role: Role | None) -> Client:
    """Return the browser of somebody of the staff with this role."""
    user = User.objects.create_user("rita", password="a-long-pass-phrase", is_staff=True)
    give_role(user, role)
    return logged_in(HttpsClient(), user)


def test_the_desk_opens_and_everything_on_it_leads_somewhere(curator_client: Client) -> None:
    factories.make_practice(state=kb.State.IN_REVIEW)
    upkeep.check_content()
    html = curator_client.get(DESK).content.decode()
    content = html.partition('class="desk"')[2].partition('id="content-related"')[0]
    urls = {unescape(url).partition("#")[0] for url in re.findall(r'href="([^"]+)"', content)}
    assert len(urls) > 10
    for url in urls:
        assert curator_client.get(url).status_code == 200, url


def test_every_section_is_shown_to_a_curator(curator_client: Client) -> None:
    upkeep.check_content()
    shown = {section.name for section in curator_client.get(DESK).context["sections"]}
    assert {"for-me", "for-review", "falls-short", "due", "lately", "growth", "read-so-far"} <= shown


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


def test_the_models_stand_in_three_groups(curator_client: Client) -> None:
    groups = {group["app_label"]: group["models"] for group in curator_client.get(DESK).context["app_list"]}
    assert list(groups) == ["records", "vocabularies", "administration"]
    assert {model["model"] for group in groups.values() for model in group} == set(admin.site._registry)
    assert {model["model"] for model in groups["records"]} >= set(kb.CURATED)
    assert {model["model"] for model in groups["vocabularies"]} >= set(kb.VOCABULARIES)
    assert User in {model["model"] for model in groups["administration"]}


# What waits


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
    assert line.url == admin_url("change", practice)
    assert "otto" in line.detail and "Which year is it?" in line.detail
    mark_seen(practice, curator)
    assert section(curator_client, "for-me").lines == []


def test_a_pending_edit_says_that_it_is_one(curator_client: Client, curator: User) -> None:
    edit = pending_edit(factories.make_practice(), curator)
    [line] = section(curator_client, "for-me").lines
    assert line.url == admin_url("change", edit)
    assert "edit of a public practice" in line.detail


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


# What falls short


def test_each_gate_leads_to_the_list_of_exactly_what_falls_short_of_it(curator_client: Client) -> None:
    fallen = factories.make_practice(title="Fallen")
    fallen.topics.clear()
    kb.Practice.objects.filter(pk=fallen.pk).update(summary="Short.")
    kb.Topic.objects.filter(code="language").update(definition="")
    upkeep.check_content()
    found = upkeep.records_lacking()
    assert {"topic", "summary", "defined terms"} <= set(found)
    lines = {line.label: line for line in section(curator_client, "falls-short").lines}
    for gate in GATES:
        for kind, number in found.get(gate.name, {}).items():
            model = desk.KINDS[kind]
            records = listed(curator_client, f"{admin_url('changelist', model)}?lacks={gate.name}&all=")
            assert {record.pk for record in records} == set(
                upkeep.issues_of(gate.name, kind).values_list("record", flat=True)
            )
            assert len(records) == number
            if gate.name != "duplicates":
                assert any(f"lacks={gate.name.replace(' ', '+')}" in url for _, url in lines[str(gate.title)].links)


def test_a_list_of_what_falls_short_says_what_is_lacking(curator_client: Client) -> None:
    fallen = factories.make_practice(title="Fallen")
    fallen.topics.clear()
    upkeep.check_content()
    response = curator_client.get(admin_url("changelist", kb.Practice), {"lacks": "topic"})
    assert list(response.context["cl"].result_list) == [fallen]
    assert "a topic" in response.content.decode()
    assert "lacking" not in curator_client.get(admin_url("changelist", kb.Practice)).content.decode()


def test_an_unknown_gate_is_no_error_and_nothing_falls_short_of_it(curator_client: Client) -> None:
    for value in ("no-such-gate", "", "\0", "topic' OR 1=1"):
        response = curator_client.get(admin_url("changelist", kb.Practice), {"lacks": value})
        assert response.status_code in (200, 302), value


def test_the_check_is_asked_for_by_a_button_and_says_how_old_it_is(curator_client: Client) -> None:
    never = section(curator_client, "falls-short")
    assert "never checked" in never.note
    assert "not known" in never.nothing
    response = curator_client.post(reverse("admin:check_content"), follow=True)
    assert "was checked" in messages(response)
    assert "nothing public has changed" in section(curator_client, "falls-short").note
    factories.make_practice()
    assert "2 changes" in section(curator_client, "falls-short").note


def test_the_check_needs_a_post_and_the_right_to_see_practices(curator_client: Client) -> None:
    assert curator_client.get(reverse("admin:check_content")).status_code == 405
    assert browser_of(None).post(reverse("admin:check_content")).status_code == 403
    assert kb.ContentCheck.objects.count() == 0


def test_like_records_stand_there_as_pairs(curator_client: Client) -> None:
    first = factories.make_stakeholder(name="Zorble Agency of Quix", country="PT")
    second = factories.make_stakeholder(name="Zorble Agency of Quixx", country="PT")
    upkeep.check_content()
    [line] = [line for line in section(curator_client, "maybe-twice").lines if second.ref in line.label]
    assert first.ref in line.label
    assert line.url == admin_url("change", second)


def test_coverage_names_the_sources_with_paragraphs_that_nobody_read(curator_client: Client) -> None:
    source = factories.make_source(title="Zorble report")
    factories.make_practice(citation=factories.make_citation(source))
    upkeep.check_content()
    [line] = [line for line in section(curator_client, "read-so-far").lines if line.label == "Zorble report"]
    assert line.count == 2
    assert line.url == reverse("admin:practices_source_paragraphs", args=[source.pk])


# What is due, what grew, what changed


def test_records_are_due_that_nobody_reviewed_for_two_years(curator_client: Client) -> None:
    _lately, long_ago, never = (factories.make_concept() for _ in range(3))
    kb.Concept.objects.update(reviewed_on=timezone.now().date())
    kb.Concept.objects.filter(pk=long_ago.pk).update(reviewed_on=date(2001, 1, 1))
    kb.Concept.objects.filter(pk=never.pk).update(reviewed_on=None)
    factories.make_concept(state=kb.State.DRAFT)
    [line] = [line for line in section(curator_client, "due").lines if line.label == "Concepts"]
    assert line.count == 2
    assert set(listed(curator_client, line.url)) == {long_ago, never}


def test_growth_counts_what_is_public_and_what_became_so_lately(curator_client: Client) -> None:
    kb.Event.objects.update(published_at=timezone.now() - timedelta(days=100))
    factories.make_event()
    factories.make_event(state=kb.State.DRAFT)
    [line] = [line for line in section(curator_client, "growth").lines if line.label == "Events"]
    assert line.count == kb.Event.objects.published().count()
    assert line.detail == f"1 new in 30 days, {line.count} in a year"


def test_what_people_changed_last_leads_to_its_history_each_record_once(curator_client: Client, curator: User) -> None:
    factories.make_practice(title="Of nobody")
    first, last = factories.make_practice(title="Changed first"), factories.make_event(name="Changed last")
    for record in (first, first, last):
        record._history_user = curator
        record.save()
    lines = section(curator_client, "lately").lines
    assert [line.url for line in lines] == [admin_url("history", last), admin_url("history", first)]
    assert "carla" in lines[0].detail


def test_what_was_done_to_many_records_stands_among_the_changes_with_a_button_that_undoes_it(
    curator_client: Client, curator: User
) -> None:
    practices = [factories.make_practice() for _ in range(2)]
    with recorded("bulk", "Two withdrawn", curator, *practices):
        workflow.withdraw(practices)
    line = section(curator_client, "lately").lines[0]
    assert line.label == "Two withdrawn"
    curator_client.post(line.buttons[0].url)
    assert kb.Practice.objects.published().filter(pk__in=[practice.pk for practice in practices]).count() == 2
    [undone] = [line for line in section(curator_client, "lately").lines if line.label == "Two withdrawn"]
    assert undone.buttons == () and "undone" in undone.detail


def test_the_ways_to_add_something_are_those_that_are_open(curator_client: Client) -> None:
    ways = dict(curator_client.get(DESK).context["ways_in"])
    assert list(ways) == ["Add practice", "Add source", "Import or export records"]
    for url in ways.values():
        assert curator_client.get(url).status_code == 200
    assert "Import or export records" not in dict(browser_of(Role.CONTRIBUTOR).get(DESK).context["ways_in"])


# Searches and links


def miss(query: str, **fields: Any) -> kb.SearchMiss:
    return kb.SearchMiss.objects.create(query=query, last_day=date(2026, 11, 30), days=3, **fields)


def test_a_search_without_success_becomes_a_synonym_with_its_words_in_the_form(curator_client: Client) -> None:
    miss("quokka house", found_nothing=4, retyped=2, retyped_as="wallaby home")
    [line] = section(curator_client, "not-found").lines
    assert "nothing found 4 times" in line.detail and "wallaby home" in line.detail
    html = curator_client.get(dict(line.links)["Make a synonym"]).content.decode()
    assert "quokka house\nwallaby home</textarea>" in html
    assert 'value="quokka-house"' in html


def test_a_search_is_dismissed_from_the_desk_and_brought_back_from_its_list(curator_client: Client) -> None:
    quokka = miss("quokka", found_nothing=3)
    [act] = section(curator_client, "not-found").lines[0].buttons
    assert curator_client.post(act.url, act.values, follow=True).redirect_chain[-1][0] == DESK
    assert section(curator_client, "not-found").lines == []
    back = {"action": "show_again", "_selected_action": quokka.pk}
    curator_client.post(admin_url("changelist", kb.SearchMiss), back)
    assert len(section(curator_client, "not-found").lines) == 1


def test_a_dead_link_is_named_with_its_record(curator_client: Client) -> None:
    source = factories.make_source(url="https://gone.example/report.pdf")
    now = timezone.now()
    kb.LinkCheck.objects.create(url=source.url, status=404, problem="not found", checked=now, since=now)
    kb.LinkCheck.objects.create(url="https://fine.example/", status=200, checked=now)
    [line] = section(curator_client, "dead-links").lines
    assert line.label == source.url and "not found" in line.detail
    response = curator_client.get(line.url)
    assert str(source) in response.content.decode()
    assert [check.url for check in response.context["cl"].result_list] == [source.url]


# For whom, and how much it asks


def test_l7_nobody_sees_a_line_of_what_they_may_not_see() -> None:
    hidden = [make(state=kb.State.IN_REVIEW) for make in (factories.make_practice, factories.make_concept)]
    miss("quokka", found_nothing=3)
    upkeep.check_content()
    html = browser_of(Role.CONTRIBUTOR).get(DESK).content.decode()
    assert "quokka" not in html
    for record in hidden:
        assert str(record) not in html
        assert admin_url("change", record) not in html


def test_l7_somebody_without_a_role_is_told_how_to_get_one_instead_of_an_empty_desk() -> None:
    response = browser_of(None).get(DESK)
    assert response.status_code == 403
    assert "Ask an administrator" in response.content.decode()
    assert "sections" not in response.context


def test_the_desk_asks_as_many_queries_of_a_large_collection_as_of_a_small_one(
    curator_client: Client, curator: User
) -> None:
    def grow(number: int) -> None:
        for _ in range(number):
            edited(curator_client, factories.make_practice(state=kb.State.DRAFT), curator)
            factories.make_practice(state=kb.State.IN_REVIEW)
            edited(curator_client, factories.make_finding(), curator).practices.clear()
        upkeep.check_content()

    grow(1)
    few = queries(curator_client, DESK)
    grow(5)
    assert queries(curator_client, DESK) == few <= MOST_QUERIES
