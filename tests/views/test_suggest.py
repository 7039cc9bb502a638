"""Readers suggest a correction or a practice, and follow it at a private address."""

import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from practices import models as kb
from practices.curation import suggestions
from practices.curation.fixtures import FIXTURE_MODELS
from practices.exports import OF_PRACTICES, suffixed
from practices.models.suggestion import KINDS, parts_of
from practices.views.suggest import SALT, SLOWEST
from tests import factories, leaks, sitemap
from tests.conftest import HttpsClient
from tests.forms import fields_of
from tests.responses import Response
from tests.test_html import faults
from tests.test_injection import HOSTILE, PAYLOADS

pytestmark = pytest.mark.django_db

FORM = "suggest"


def address(named: str, part: str = "") -> str:
    return f"/suggest/?{urlencode({'record': named} | ({'part': part} if part else {}))}"


def opened(seconds: float) -> str:
    """Return what a form carries that was opened so many seconds ago."""
    return signing.dumps([time.time() - seconds, str(seconds)], salt=SALT)


def send(client: Client, url: str, *, seconds: float = 60, **fields: str) -> Response:
    """Open a form, wait, fill in some fields, and send it."""
    values = fields_of(client, url, FORM) | {"opened": [opened(seconds)]}
    return client.post(url, values | {name: [value] for name, value in fields.items()})


def sent() -> kb.ReaderSuggestion:
    return kb.ReaderSuggestion.objects.latest("pk")


def page(response: Response) -> str:
    return str(response.content.decode())


# What it is about


@pytest.mark.parametrize("name", sitemap.SHOWN)
def test_the_page_of_every_record_leads_to_the_form_for_it(client: Client, name: str) -> None:
    record = sitemap.busiest(name)
    link = re.search(r'href="(/suggest/\?record=[^"]+)"', page(client.get(record.get_absolute_url())))
    assert link
    response = client.get(link[1])
    assert response.status_code == 200
    assert response.context["page"].record == record
    assert send(client, link[1], problem="It is not so.").status_code == 302
    assert sent().record == record


def test_an_entry_of_the_glossary_leads_to_the_form_for_it(client: Client) -> None:
    concept = factories.make_concept()
    assert f'href="/suggest/?record={concept.ref}"' in page(client.get("/glossary/"))
    assert client.get(address(concept.ref)).context["page"].record == concept


def test_a_practice_to_add_is_suggested_from_every_page(client: Client) -> None:
    assert 'href="/suggest/"' in page(client.get("/about/"))
    response = send(client, "/suggest/", title="Language cafés of Turku", problem="Volunteers meet newcomers weekly.")
    assert response.status_code == 302
    suggestion = sent()
    assert (suggestion.record_ref, suggestion.title) == ("", "Language cafés of Turku")
    assert suggestion.kind == kb.SuggestionKind.MISSING


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_of_every_kind_of_record_can_be_chosen(client: Client, kind: str) -> None:
    model = KINDS[kind]
    record = model.objects.published().first() if model in kb.CURATED else model.objects.first()
    named = getattr(record, "ref", "") or record.get_absolute_url()
    for part in parts_of(model):
        html = page(client.get(address(named, part)))
        assert faults(html) == []
        assert 'aria-current="true"' in html.partition("</nav>")[2]


def test_a_text_is_rewritten_as_it_stands(client: Client) -> None:
    practice = factories.make_practice(summary="As it was.\nTwo lines.")
    url = address(practice.ref, "summary")
    assert fields_of(client, url, FORM)["proposal"] == ["As it was.\nTwo lines."]
    assert send(client, url, proposal="As it is.\r\nTwo lines.").status_code == 302
    suggestion = sent()
    assert (suggestion.present, suggestion.proposal) == ("As it was.\nTwo lines.", "As it is.\nTwo lines.")
    assert suggestion.rewrites


def test_a_text_that_is_left_as_it_was_needs_a_word_of_what_is_wrong(client: Client) -> None:
    url = address(factories.make_practice(summary="As it\nwas.").ref, "summary")
    assert "Change the text" in page(send(client, url))
    assert send(client, url, problem="The year is wrong.").status_code == 302
    assert (sent().proposal, sent().rewrites) == ("", False)


def test_a_text_longer_than_its_field_is_refused_and_kept(client: Client) -> None:
    title = "t" * 201
    response = send(client, address(factories.make_practice().ref, "title"), proposal=title)
    assert response.status_code == 200
    assert title in page(response)


# What is hidden


def test_l2_a_hidden_record_is_answered_like_one_that_never_was(client: Client) -> None:
    hidden = factories.make_practice(state=kb.State.DRAFT)
    withdrawn = factories.make_practice(state=kb.State.ARCHIVED, published_at=hidden.created)
    pairs = [
        *((record.ref, "IPK-999999") for record in (hidden, withdrawn)),
        *((record.get_absolute_url(), "/practices/never-was/") for record in (hidden, withdrawn)),
    ]
    for named, never in pairs:
        for method in ("get", "post"):
            with CaptureQueriesContext(connection) as first:
                one = getattr(client, method)(address(named))
            with CaptureQueriesContext(connection) as second:
                other = getattr(client, method)(address(never))
            assert (one.status_code, one.content) == (404, other.content)
            assert len(first) == len(second)


def test_a_pending_edit_is_not_what_a_suggestion_is_about(client: Client) -> None:
    practice = factories.make_practice(summary="As published.")
    edit = factories.make_practice(state=kb.State.DRAFT)
    kb.Practice.objects.filter(pk=edit.pk).update(draft_of=practice, ref=practice.ref, slug=practice.slug)
    assert client.get(address(practice.ref, "summary")).context["page"].present == "As published."
    assert factories.make_suggestion(practice).record == practice


@pytest.mark.parametrize("named", ["", "IPK-", "IPK-0", "IPX-0001", "/", "/suggest/", "/countries/", "http://["])
def test_what_names_no_record_is_404(client: Client, named: str) -> None:
    assert client.get(address(named)).status_code == 404


def test_a_record_may_be_named_in_small_letters_or_by_a_whole_address(client: Client) -> None:
    practice = factories.make_practice()
    for named in (practice.ref.lower(), f"https://kb.example.org{practice.get_absolute_url()}?from=x#notes"):
        assert client.get(address(named)).context["page"].record == practice


# Sending


def test_h2_the_form_sets_its_cookie_and_is_kept_by_no_cache_or_robot(client: Client) -> None:
    suggestion = factories.make_suggestion()
    for url in ("/suggest/", address(suggestion.record_ref), reverse("suggestion", args=[suggestion.token])):
        response = HttpsClient().get(url, headers={"accept-encoding": "gzip"})
        assert set(response.cookies) == {"__Host-csrftoken"}
        assert response.headers["Cache-Control"] == "no-store, private"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "Content-Encoding" not in response.headers
        html = page(response)
        assert '<meta name="robots" content="noindex, nofollow">' in html
        assert 'rel="canonical"' not in html
        assert faults(html) == []


def test_h6_a_form_without_its_token_is_refused() -> None:
    practice, suggestion = factories.make_practice(), factories.make_suggestion()
    client = HttpsClient(enforce_csrf_checks=True)
    private = reverse("suggestion", args=[suggestion.token])
    for url in ("/suggest/", address(practice.ref), private):
        assert client.post(url, {"problem": "x", "sure": "yes", "opened": opened(9)}).status_code == 403
    suggestion.refresh_from_db()
    assert (kb.ReaderSuggestion.objects.count(), suggestion.erased_at) == (1, None)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_l8_the_form_takes_nothing_but_being_read_and_sent(client: Client, method: str) -> None:
    for url in ("/suggest/", reverse("suggestion", args=[factories.make_suggestion().token])):
        assert getattr(client, method)(url).status_code == 405


def test_l8_forged_fields_change_nothing(client: Client, curator: User) -> None:
    forged = {"state": "accepted", "answer": "Yes", "token": "mine", "published_at": "2020-01-01", "part": "title"}
    forged |= {"assigned_to": str(curator.pk), "record_ref": "IPK-0001", "edit_id": "1"}
    send(client, address(factories.make_practice().ref), problem="Wrong.", **forged)
    suggestion = sent()
    assert (suggestion.state, suggestion.answer, suggestion.assigned_to, suggestion.edit_id) == ("new", "", None, None)
    assert (suggestion.part, suggestion.published_at) == ("", None)
    assert suggestion.token != "mine"
    assert suggestion.record_ref != "IPK-0001"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"seconds": 0}, "quicker than anybody writes"),
        ({"seconds": SLOWEST + 60}, "open for too long"),
        ({"opened": "forged"}, "open for too long"),
        ({"opened": ""}, "open for too long"),
        ({"website": "https://spam.example"}, "Now it is empty"),
    ],
    ids=["too quick", "too slow", "forged", "without", "trap"],
)
def test_what_programs_send_is_refused_and_a_person_only_sends_again(
    client: Client, fields: dict[str, Any], said: str
) -> None:
    url = address(factories.make_practice().ref)
    response = send(client, url, problem="My words.", **fields)
    assert response.status_code == 200
    assert said in page(response)
    assert "My words." in page(response)
    assert not kb.ReaderSuggestion.objects.exists()
    form = response.context["form"]
    drawn = {name: form[name].value() or "" for name in form.fields} | {"opened": opened(5)}
    assert client.post(url, drawn).status_code == 302


def test_the_same_form_sent_twice_is_one_suggestion(client: Client) -> None:
    url = address(factories.make_practice().ref)
    values = fields_of(client, url, FORM) | {"opened": [opened(9)], "problem": ["Wrong."]}
    first, again = client.post(url, values), client.post(url, values)
    assert first.headers["Location"] == again.headers["Location"]
    changed = client.post(url, values | {"problem": ["Wrong, and more."]})
    assert changed.headers["Location"] != first.headers["Location"]
    assert kb.ReaderSuggestion.objects.count() == 2


def test_after_some_in_an_hour_an_address_waits_and_its_words_are_kept(client: Client, settings: Settings) -> None:
    settings.LIMITS = {"suggestions": (2, 3600)}
    url = address(factories.make_practice().ref)
    for number in range(2):
        assert send(client, url, problem=f"Number {number}.").status_code == 302
    response = send(client, url, problem="Number 3.")
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert "Number 3." in page(response)
    assert response.headers["Cache-Control"] == "no-store, private"
    assert kb.ReaderSuggestion.objects.count() == 2
    values = fields_of(client, url, FORM) | {"opened": [opened(9)], "problem": ["From elsewhere."]}
    assert client.post(url, values, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_i1_whatever_is_sent_is_kept_or_refused_in_words(client: Client, settings: Settings) -> None:
    settings.LIMITS = {"suggestions": (10_000, 3600)}
    urls = ["/suggest/", address(factories.make_practice().ref, "summary")]
    names = ("title", "problem", "proposal", "where", "credit", "email", "website", "kind")
    for number, payload in enumerate(PAYLOADS):
        for chosen in (names, names[:5]):
            body = urlencode({**dict.fromkeys(chosen, payload), "kind": "wrong", "opened": opened(9)})
            body += f"&{urlencode({'kind': payload})}" if chosen == names else ""
            response = client.post(urls[number % 2], body, content_type="application/x-www-form-urlencoded")
            assert response.status_code in (200, 302), payload
    assert kb.ReaderSuggestion.objects.count() > 30
    for suggestion in kb.ReaderSuggestion.objects.all()[:30]:
        assert client.get(private(suggestion)).status_code == 200
    for kind, body in (("text/plain", "x"), ("application/json", "{}"), ("multipart/form-data; boundary=x", "--x")):
        assert client.post("/suggest/", body, content_type=kind).status_code in (200, 400)
    for payload in PAYLOADS:
        query = urlencode({"record": payload, "part": payload})
        assert client.get(f"/suggest/?{query}").status_code == 404


def test_a_body_that_is_too_large_is_refused_politely(client: Client) -> None:
    response = client.post("/suggest/", {"problem": "x" * (2 * 1024 * 1024 + 1)})
    assert response.status_code in (200, 400)


# The private page


def private(suggestion: kb.ReaderSuggestion) -> str:
    return reverse("suggestion", args=[suggestion.token])


def test_a_reader_is_led_to_a_private_page_that_nobody_can_guess(client: Client) -> None:
    practice = factories.make_practice()
    response = send(client, address(practice.ref), problem="My words.", credit="Ada", email="ada@example.org")
    assert response.headers["Location"] == private(sent())
    assert re.fullmatch(r"[0-9a-f]{64}", sent().token)
    html = page(client.get(response.headers["Location"]))
    for said in ("It waits for a curator", "My words.", "Ada", "ada@example.org", practice.get_absolute_url()):
        assert said in html
    for unknown in ("0" * 64, "x", "-"):
        assert client.get(f"/suggest/{unknown}/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "assigned"}, "A curator is looking at it"),
        ({"state": "declined", "answer": "The report says otherwise."}, "The report says otherwise."),
        ({"state": "accepted"}, "public once it has been checked"),
        ({"state": "accepted", "published_at": "2026-01-01T00:00Z"}, "what came of it is public"),
        ({"state": "withdrawn"}, "You withdrew it"),
    ],
    ids=lambda value: str(value.get("state")) if isinstance(value, dict) else "",
)
def test_the_private_page_says_what_became_of_it(client: Client, fields: dict[str, Any], said: str) -> None:
    html = page(client.get(private(factories.make_suggestion(**fields))))
    assert said in html
    assert faults(html) == []


def test_the_private_page_shows_neither_curators_nor_what_is_hidden(client: Client, curator: User) -> None:
    practice = factories.make_practice(state=kb.State.ARCHIVED, title="Hidden title")
    suggestion = factories.make_suggestion(practice, state="declined", answered_by=curator, assigned_to=curator)
    html = page(client.get(private(suggestion)))
    assert "Hidden title" not in html
    assert practice.ref in html
    assert "carla" not in html


def test_a_reader_withdraws_and_erases_by_saying_so_twice(client: Client) -> None:
    suggestion = factories.make_suggestion(problem="My words.", credit="Ada", email="ada@example.org")
    assert client.post(private(suggestion)).status_code == 302
    suggestion.refresh_from_db()
    assert suggestion.problem == "My words."
    response = client.post(private(suggestion), {"sure": "yes"}, follow=True)
    assert "You withdrew it" in page(response)
    suggestion.refresh_from_db()
    assert suggestion.state == kb.SuggestionState.WITHDRAWN
    assert {getattr(suggestion, name) for name in suggestions.WORDS} == {""}


def test_what_was_answered_stays_answered_where_its_words_are_erased(client: Client) -> None:
    suggestion = factories.make_suggestion(state="accepted", problem="My words.")
    html = page(client.post(private(suggestion), {"sure": "yes"}, follow=True))
    assert "It was taken up" in html
    assert "My words." not in html


def test_i3_hostile_text_is_shown_as_text(client: Client) -> None:
    texts = dict.fromkeys(("problem", "where", "credit"), HOSTILE[:100])
    response = client.get(send(client, address(factories.make_practice().ref), **texts).headers["Location"])
    assert "<script>alert" not in page(response)
    assert "<svg onload" not in page(response)
    assert "&lt;script&gt;alert" in page(response)


# What is public


def test_a_reader_is_thanked_by_name_once_the_change_is_public_and_no_longer_than_they_wish(client: Client) -> None:
    values: dict[str, Any] = {"credit": "Zadie Quokka", "email": "zadie@example.org", "state": "accepted"}
    suggestion = factories.make_suggestion(**values)
    assert "Zadie Quokka" not in page(client.get("/about/"))
    kb.ReaderSuggestion.objects.update(published_at="2026-01-01T00:00Z")
    html = page(client.get("/about/"))
    assert "Zadie Quokka" in html
    assert "zadie@example.org" not in html
    kb.ReaderSuggestion.objects.update(answered_at="2025-01-01T00:00Z")
    suggestions.erase_old_suggestions()
    assert "Zadie Quokka" in page(client.get("/about/"))
    fields = fields_of(client, private(suggestion), "withdraw")
    client.post(private(suggestion), fields | {"sure": "yes"})
    assert "Zadie Quokka" not in page(client.get("/about/"))


def test_l9_no_public_answer_holds_what_a_reader_sent(client: Client) -> None:
    practice = factories.make_practice()
    leaks.suggest_of(practice)
    own = practice.get_absolute_url()
    exports = [suffixed(own, suffix) for suffix in OF_PRACTICES]
    for url in (own, *exports, "/about/", "/suggest/", address(practice.ref, "summary")):
        assert leaks.CANARY not in sitemap.body(client.get(url)), url


def test_no_fixture_holds_what_readers_sent() -> None:
    assert not {"practices.readersuggestion", "practices.requestcount"} & FIXTURE_MODELS.keys()
