"""Curators answer what readers suggest: beside the record, in one click, once, and nobody else sees it."""

import json
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from practices import models as kb
from practices.curation import suggestions
from practices.curation.changes import workflow
from practices.curation.operations.merging import merge
from practices.curation.roles import Role, give_role
from tests import factories
from tests.conftest import HttpsClient, logged_in
from tests.forms import act, admin_url, messages, submit
from tests.responses import Response
from tests.test_injection import HOSTILE, PAYLOADS

pytestmark = pytest.mark.django_db

FORM = "readersuggestion_form"


def answer(client: Client, suggestion: kb.ReaderSuggestion, act: str, **fields: object) -> Response:
    """Open the page of a suggestion, fill in the form, press a button, and follow to where it leads."""
    url = admin_url("change", suggestion)
    response = submit(client, url, FORM, act=act, **fields)
    suggestion.refresh_from_db()
    return client.get(response.headers["Location"]) if response.status_code == 302 else response


def page(response: Response) -> str:
    return str(response.content.decode())


def test_a_suggestion_stands_beside_what_the_record_says_and_what_supports_it(curator_client: Client) -> None:
    cited = factories.make_citation(factories.make_source(title="The quokka report"))
    practice = factories.make_practice(summary="What it says now.", citation=cited)
    suggestion = factories.make_suggestion(
        practice, part="summary", present="What it said then.", proposal="Other words.", where="Page 7"
    )
    html = page(curator_client.get(admin_url("change", suggestion)))
    assert "<ins>Other words</ins>" in html
    said = ("What it says now.", "What it said then.", "Page 7", "The quokka report", practice.ref)
    assert [text for text in said if text not in html] == []


def test_one_click_makes_a_pending_edit_with_the_reader_s_text_and_opens_it(curator_client: Client) -> None:
    practice = factories.make_practice()
    suggestion = factories.make_suggestion(practice, part="summary", proposal="In other words, a reader's.")
    html = page(answer(curator_client, suggestion, "accept"))
    assert suggestion.edit.draft_of == practice
    assert "In other words, a reader&#x27;s." in html
    assert "From readers" in html
    assert "Accepted." in html
    practice.refresh_from_db()
    assert practice.summary != suggestion.proposal


def merged_meanwhile(stays: Model, goes: Model, curator: User) -> None:
    with transaction.atomic():
        merge(stays, goes, [], curator)


def test_what_is_about_a_record_that_was_merged_is_taken_up_in_the_one_that_stayed(
    curator_client: Client, curator: User
) -> None:
    stays, goes, last = (factories.make_practice(summary=f"{factories.SUMMARY} {n}") for n in range(3))
    suggestion = factories.make_suggestion(goes, part="summary", present=goes.summary, proposal="In other words.")
    merged_meanwhile(stays, goes, curator)
    merged_meanwhile(last, stays, curator)
    html = page(curator_client.get(admin_url("change", suggestion)))
    assert f'Merged into <a href="{admin_url("change", last)}">{last}</a>' in html
    assert "carla" in html
    assert "Accept and edit" in html
    assert last.summary in html
    assert "From readers" in page(curator_client.get(admin_url("change", last)))
    assert "From readers" in page(answer(curator_client, suggestion, "accept"))
    assert suggestion.edit.draft_of == last
    assert suggestion.edit.summary == last.summary, "it is no text of the record that the reader saw"


def test_a_text_that_the_record_that_stayed_has_too_is_put_right_there(curator_client: Client, curator: User) -> None:
    stays, goes = (factories.make_stakeholder(description="Founded in 1990.") for _ in range(2))
    proposal = {"part": "description", "present": "Founded in 1990.", "proposal": "Founded in 1991."}
    suggestion = factories.make_suggestion(goes, **proposal)
    merged_meanwhile(stays, goes, curator)
    answer(curator_client, suggestion, "accept")
    assert (suggestion.edit.draft_of, suggestion.edit.description) == (stays, "Founded in 1991.")


def test_what_is_about_a_term_that_was_merged_concerns_the_one_that_stayed(
    curator_client: Client, curator: User
) -> None:
    stays, goes = (kb.Topic.objects.create(code=code, label=code.capitalize()) for code in ("stays", "goes"))
    suggestion = factories.make_suggestion(goes, part="definition", proposal="What it means.")
    merged_meanwhile(stays, goes, curator)
    html = page(curator_client.get(admin_url("change", suggestion)))
    assert f'Merged into <a href="{admin_url("change", stays)}">Stays</a>' in html
    assert "Accept: I change it by hand" in html


@pytest.mark.parametrize(("step", "state"), [(workflow.withdraw, "Archived"), (workflow.return_to_draft, "Draft")])
def test_what_is_about_a_record_that_readers_see_no_longer_says_so(
    curator_client: Client, step: Callable[[list[kb.Practice]], object], state: str
) -> None:
    practice = factories.make_practice()
    suggestion = factories.make_suggestion(practice, part="summary", proposal="In other words.")
    step([practice])
    html = " ".join(page(curator_client.get(admin_url("change", suggestion))).split())
    assert f"{state}: readers do not see it now." in html
    assert "Accept: I change it by hand" in html
    answer(curator_client, suggestion, "accept", answer="It is not published any more.")
    assert (suggestion.state, suggestion.edit) == ("accepted", None)


def test_a_practice_to_add_is_opened_as_a_draft_beside_the_reader_s_words(curator_client: Client) -> None:
    suggestion = factories.make_suggestion(
        record_kind="", record_ref="", title="Cafés", problem="Weekly.", where="P. 7"
    )
    html = page(answer(curator_client, suggestion, "accept"))
    assert suggestion.edit.title == "Cafés"
    for said in ("Cafés", "Weekly.", "P. 7"):
        assert said in html


def test_declining_needs_an_answer_which_the_reader_reads(client: Client, curator_client: Client) -> None:
    suggestion = factories.make_suggestion()
    assert "Say why" in page(answer(curator_client, suggestion, "decline"))
    assert suggestion.state == "new"
    answer(curator_client, suggestion, "decline", answer="The report says otherwise.")
    assert suggestion.state == "declined"
    assert "The report says otherwise." in page(HttpsClient().get(f"/suggest/{suggestion.token}/"))


def test_a_suggestion_is_assigned(curator_client: Client, curator: User) -> None:
    suggestion = factories.make_suggestion()
    answer(curator_client, suggestion, "assign", assigned_to=curator)
    assert (suggestion.state, suggestion.assigned_to) == ("assigned", curator)


def test_what_was_answered_meanwhile_is_not_answered_again_and_the_words_are_kept(curator_client: Client) -> None:
    suggestion = factories.make_suggestion()
    kb.ReaderSuggestion.objects.update(state="withdrawn")
    response = curator_client.post(admin_url("change", suggestion), {"act": "decline", "answer": "My long answer."})
    assert response.status_code == 200
    assert "meanwhile" in page(response)
    assert "My long answer." in page(response)


def test_what_was_declined_by_mistake_waits_again(curator_client: Client) -> None:
    suggestion = factories.make_suggestion(state="declined", answer="No.")
    answer(curator_client, suggestion, "reopen")
    assert (suggestion.state, suggestion.answer) == ("new", "No.")


def test_who_did_what_is_kept_without_the_reader_s_words(curator_client: Client, curator: User) -> None:
    suggestion = factories.make_suggestion(problem="qcanary", email="qcanary@example.org", credit="qcanary")
    answer(curator_client, suggestion, "decline", answer="qcanary no")
    html = page(curator_client.get(admin_url("history", suggestion)))
    assert "Declined" in html
    assert "carla" in html
    assert "qcanary" not in html


@pytest.mark.parametrize("act", ["", "publish", "__class__", "accept\0"])
def test_an_unknown_act_changes_nothing(curator_client: Client, act: str) -> None:
    suggestion = factories.make_suggestion()
    assert curator_client.post(admin_url("change", suggestion), {"act": act}).status_code == 200
    suggestion.refresh_from_db()
    assert suggestion.state == "new"


def test_odd_answers_are_kept_or_refused_in_words(curator_client: Client) -> None:
    for payload in PAYLOADS[::4]:
        url = admin_url("change", factories.make_suggestion(kb.Country.objects.first()))
        data = {"act": "decline", "answer": payload, "assigned_to": payload}
        assert curator_client.post(url, data).status_code in (200, 302), payload
    for number in ("0", "-1", "x", "9" * 30):
        assert curator_client.get(f"/admin/practices/readersuggestion/{number}/change/").status_code in (302, 404)


def test_i3_hostile_text_is_shown_as_text(curator_client: Client) -> None:
    texts = dict.fromkeys(("title", "problem", "proposal", "present", "where", "credit"), HOSTILE[:100])
    practice = factories.make_practice()
    suggestion = factories.make_suggestion(practice, part="summary", **texts)
    urls = [admin_url("change", suggestion), admin_url("changelist", suggestion), admin_url("change", practice)]
    for url in urls:
        html = page(curator_client.get(url))
        assert "<script>alert" not in html, url
        assert "<svg onload" not in html, url


def test_the_list_names_each_without_a_word_of_the_reader_s(curator_client: Client) -> None:
    practice = factories.make_practice()
    factories.make_suggestion(practice, part="summary", problem="qcanary", email="qcanary@example.org")
    html = page(curator_client.get(admin_url("changelist", kb.ReaderSuggestion)))
    assert f"{practice.ref}, summary" in html
    assert "qcanary" not in html


def test_a_page_asks_no_more_queries_of_a_record_with_more_rows(curator_client: Client) -> None:
    def asked(practice: kb.Practice) -> int:
        suggestion = factories.make_suggestion(practice, part="actors")
        with CaptureQueriesContext(connection) as queries:
            assert curator_client.get(admin_url("change", suggestion)).status_code == 200
        return len(queries)

    actors = [("ngo", "lead", factories.make_stakeholder()) for _ in range(8)]
    few = asked(factories.make_practice(involvements=tuple(actors[:1])))
    assert asked(factories.make_practice(involvements=tuple(actors))) == few <= 20


# Word by mail


def test_a_reader_who_left_an_e_mail_is_told_the_answer_where_mail_can_be_sent(
    curator_client: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.HAS_MAIL = True
    suggestion = factories.make_suggestion(email="ada@example.org")
    html = page(answer(curator_client, suggestion, "decline", answer="The report says otherwise."))
    assert "told by e-mail" in html
    [mail] = mailoutbox
    assert mail.to == ["ada@example.org"]
    assert "The report says otherwise." in mail.body
    assert f"https://testserver/suggest/{suggestion.token}/" in mail.body


def test_without_a_server_for_mail_or_an_address_nothing_is_sent(
    curator_client: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    for settings.HAS_MAIL, email in ((False, "ada@example.org"), (True, "")):
        suggestion = factories.make_suggestion(email=email)
        assert "private address" in page(answer(curator_client, suggestion, "decline", answer="No."))
    assert mailoutbox == []


def test_a_mail_that_cannot_be_sent_undoes_nothing_and_names_nobody_in_the_log(
    curator_client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*args: object) -> None:
        raise SMTPRecipientsRefused({"ada@example.org": (550, b"ada@example.org unknown")})

    settings.HAS_MAIL = True
    monkeypatch.setattr("practices.curation.mail.send_mail", refused)
    suggestion = factories.make_suggestion(email="ada@example.org")
    assert "private address" in page(answer(curator_client, suggestion, "accept"))
    assert suggestion.state == "accepted"
    assert "SMTPRecipientsRefused" in caplog.text
    assert "ada@example.org" not in caplog.text


def test_a_curator_to_whom_it_is_assigned_by_another_is_told(
    curator_client: Client, curator: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.HAS_MAIL = True
    edna = User.objects.create_superuser("edna", "edna@example.org")
    suggestion = factories.make_suggestion(problem="qcanary")
    answer(curator_client, suggestion, "assign", assigned_to=curator)
    answer(curator_client, suggestion, "assign", assigned_to=edna)
    [mail] = mailoutbox
    assert mail.to == ["edna@example.org"]
    assert admin_url("change", suggestion) in mail.body
    assert "qcanary" not in mail.body


# Data protection


def test_all_that_is_kept_of_a_reader_is_found_by_e_mail_or_private_address_and_exported(
    curator_client: Client, curator: User
) -> None:
    one = factories.make_suggestion(email="ada@example.org", credit="Ada", assigned_to=curator)
    factories.make_suggestion(email="eve@example.org")
    for words in ("ada@example.org", one.token, f"https://kb.example.org/suggest/{one.token}/"):
        found = curator_client.get(admin_url("changelist", one), {"q": words}).context["cl"].result_list
        assert list(found) == [one]
    response = act(curator_client, "export", one)
    assert "attachment" in response.headers["Content-Disposition"]
    [kept] = json.loads(response.content)["suggestions"]
    assert (kept["email"], kept["credit"], kept["problem"]) == ("ada@example.org", "Ada", "This is wrong.")
    assert "carla" not in page(response)


def test_words_are_erased_on_request_once_the_curator_said_yes(curator_client: Client) -> None:
    one = factories.make_suggestion(email="ada@example.org")
    asked = curator_client.post(admin_url("changelist", one), {"action": "erase", "_selected_action": [one.pk]})
    assert "for good" in page(asked)
    one.refresh_from_db()
    assert one.problem
    assert "1 suggestion erased." in messages(act(curator_client, "erase", one))
    one.refresh_from_db()
    assert (one.state, {getattr(one, name) for name in suggestions.WORDS}) == ("withdrawn", {""})


# Rights


@pytest.mark.parametrize("role", [None, Role.CONTRIBUTOR], ids=str)
def test_l7_nobody_but_those_who_answer_readers_sees_a_word_of_theirs(client: Client, role: Role | None) -> None:
    practice = factories.make_practice()
    suggestion = factories.make_suggestion(practice, problem="qcanary", email="qcanary@example.org")
    urls = [admin_url("change", suggestion), admin_url("changelist", suggestion), admin_url("history", suggestion)]
    user = User.objects.create_user("steve", is_staff=True)
    give_role(user, role)
    logged_in(client, user)
    for url in urls:
        assert client.get(url).status_code == 403
        assert client.post(url, {"act": "accept", "action": "export"}).status_code == 403
    for url in (admin_url("change", practice), "/admin/"):
        assert "qcanary" not in page(client.get(url))
    suggestion.refresh_from_db()
    assert suggestion.state == "new"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PUBLISHER, Role.ADMINISTRATOR], ids=str)
def test_l7_editors_and_those_above_answer(client: Client, role: Role) -> None:
    user = User.objects.create_user("steve", is_staff=True)
    give_role(user, role)
    logged_in(client, user)
    practice = factories.make_practice()
    suggestion = factories.make_suggestion(practice, part="summary", proposal="Other words.", email="ada@example.org")
    assert "ada@example.org" in page(client.get(admin_url("change", suggestion)))
    assert answer(client, suggestion, "accept").status_code == 200
    assert (suggestion.state, suggestion.edit.summary) == ("accepted", "Other words.")


def test_only_those_who_may_answer_are_offered_to_assign_to(curator_client: Client, curator: User) -> None:
    for name, role in (("colin", Role.CONTRIBUTOR), ("edna", Role.EDITOR), ("nobody", None)):
        give_role(User.objects.create_user(name, is_staff=True), role)
    form = curator_client.get(admin_url("change", factories.make_suggestion())).context["form"]
    assert [user.username for user in form.fields["assigned_to"].queryset] == ["carla", "edna"]


def test_nobody_adds_or_deletes_a_suggestion_here(curator_client: Client) -> None:
    suggestion = factories.make_suggestion()
    assert curator_client.get(admin_url("add", kb.ReaderSuggestion)).status_code == 403
    assert curator_client.post(admin_url("delete", suggestion), {"post": "yes"}).status_code == 403
