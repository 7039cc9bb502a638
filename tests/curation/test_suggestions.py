"""Suggestions of readers are kept once, taken up as pending edits or drafts, counted by address, erased in time."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.db.models import Model
from django.utils import timezone
from pytest_django import Settings

from practices import models as kb
from practices.curation import limits, suggestions
from practices.curation.changes import pending, workflow
from practices.curation.statements import statements, supporting_citations
from practices.models.suggestion import KINDS, parts_of
from tests import factories

pytestmark = pytest.mark.django_db

ADDRESS = "192.0.2.1"


def again(suggestion: kb.ReaderSuggestion) -> kb.ReaderSuggestion:
    suggestion.refresh_from_db()
    return suggestion


# Taking up


@pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)
def test_a_text_that_a_reader_rewrote_becomes_a_pending_edit(curator: User, model: type[Model]) -> None:
    from tests.admin.test_admin import make

    record, part = make(model), next(iter(parts_of(model)))
    before = getattr(record, part)
    suggestion = factories.make_suggestion(record, part=part, proposal="In a reader's words")
    accepted = suggestions.accept(suggestion, curator, "Thank you.")
    edit = accepted.edit
    assert edit.draft_of == record
    assert getattr(edit, part) == "In a reader's words"
    assert suggestions.is_applied(accepted, edit)
    record.refresh_from_db()
    assert (getattr(record, part), record.is_published) == (before, True)
    assert (accepted.state, accepted.answer, accepted.answered_by) == ("accepted", "Thank you.", curator)
    assert accepted.answered_at
    assert edit.history.first().history_change_reason == "As a reader suggested"


def test_what_a_curator_wrote_in_the_pending_edit_is_not_overwritten(curator: User) -> None:
    practice = factories.make_practice()
    edit = pending.pending_edit(practice, curator)
    edit.summary = "A curator's words."
    edit.save()
    accepted = suggestions.accept(factories.make_suggestion(practice, part="summary", proposal="A reader's."), curator)
    assert accepted.edit == edit
    assert accepted.edit.summary == "A curator's words."
    assert not suggestions.is_applied(accepted, accepted.edit)


def test_a_practice_to_add_becomes_a_draft_with_the_reader_s_words(curator: User) -> None:
    values = {"record_kind": "", "record_ref": "", "title": "Language cafés of Turku", "problem": "They meet weekly."}
    for slug in ("language-cafes-of-turku", "language-cafes-of-turku-1"):
        accepted = suggestions.accept(factories.make_suggestion(**values), curator)
        draft = accepted.edit
        assert (draft.state, draft.slug, draft.draft_of) == (kb.State.DRAFT, slug, None)
        assert (draft.title, draft.summary) == ("Language cafés of Turku", "They meet weekly.")


def test_a_title_without_letters_of_our_alphabet_makes_a_draft_too(curator: User) -> None:
    values = {"record_kind": "", "record_ref": "", "title": "移民融合服务", "problem": "A service."}
    assert suggestions.accept(factories.make_suggestion(**values), curator).edit.slug == "suggested"


@pytest.mark.parametrize("kind", ["country", "topic"])
def test_what_has_no_pending_edits_is_accepted_to_be_changed_by_hand(curator: User, kind: str) -> None:
    record = KINDS[kind].objects.first()
    accepted = suggestions.accept(factories.make_suggestion(record), curator)
    assert (accepted.state, accepted.edit) == ("accepted", None)


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn"])
def test_what_is_answered_is_not_answered_again(curator: User, state: str) -> None:
    suggestion = factories.make_suggestion(state=state, answer="As it was.")
    for act in (
        lambda: suggestions.accept(suggestion, curator),
        lambda: suggestions.decline(suggestion, curator, "No."),
        lambda: suggestions.assign(suggestion, curator),
    ):
        with pytest.raises(suggestions.AlreadyAnswered):
            act()
    assert (again(suggestion).state, suggestion.answer) == (state, "As it was.")
    assert not kb.Practice.objects.filter(draft_of__isnull=False, draft_of__ref=suggestion.record_ref).exists()


def test_assigning_says_who_looks_at_it_and_can_be_taken_back(curator: User) -> None:
    suggestion = factories.make_suggestion()
    suggestions.assign(suggestion, curator)
    assert (again(suggestion).state, suggestion.assigned_to) == ("assigned", curator)
    suggestions.assign(suggestion, None)
    assert (again(suggestion).state, suggestion.assigned_to) == ("new", None)


def test_a_form_shows_what_waits_for_its_record_and_what_was_taken_up_in_it(curator: User) -> None:
    practice = factories.make_practice()
    waiting, taken_up = (factories.make_suggestion(practice) for _ in range(2))
    factories.make_suggestion(practice, state="declined")
    factories.make_suggestion(factories.make_practice())
    edit = suggestions.accept(taken_up, curator).edit
    assert set(suggestions.beside(practice)) == {waiting}
    assert set(suggestions.beside(edit)) == {waiting, taken_up}
    assert not suggestions.beside(factories.make_citation())


def test_publication_and_discard_of_the_edit_reach_the_reader(curator: User) -> None:
    practice = factories.make_practice()
    suggestion = suggestions.accept(factories.make_suggestion(practice), curator, "Thank you.")
    pending.discard(suggestion.edit, curator)
    assert (again(suggestion).state, suggestion.edit_id, suggestion.answer) == ("new", None, "Thank you.")
    suggestion = suggestions.accept(suggestion, curator)
    pending.approve(suggestion.edit, curator)
    assert again(suggestion).published_at
    assert (suggestion.state, suggestion.edit) == ("accepted", None)


def test_a_text_that_the_reviewer_leaves_out_is_not_told_to_be_public(curator: User) -> None:
    practice = factories.make_practice()
    summary, title, words = (
        suggestions.accept(factories.make_suggestion(practice, **fields), curator)
        for fields in (
            {"part": "summary", "proposal": factories.SUMMARY.format("a reader's")},
            {"part": "title", "proposal": "A reader's title"},
            {"part": "years", "proposal": "Since 2001."},
        )
    )
    pending.approve(summary.edit, curator, fields=["summary"])
    assert again(summary).published_at
    assert again(words).published_at
    assert (again(title).state, title.published_at, title.edit_id) == ("new", None, None)


def test_a_reader_is_told_that_the_practice_they_suggested_is_public(curator: User) -> None:
    suggestion = suggestions.accept(factories.make_suggestion(factories.make_practice()), curator)
    draft = factories.make_practice(state=kb.State.DRAFT)
    values = {"record_kind": "", "record_ref": "", "edit_id": draft.pk, "state": "accepted"}
    of_draft = factories.make_suggestion(**values)
    workflow.publish([draft, factories.make_event(state=kb.State.DRAFT)])
    assert again(of_draft).published_at
    assert again(suggestion).published_at is None


def test_what_was_answered_by_mistake_waits_again_unless_it_is_public(curator: User) -> None:
    declined = factories.make_suggestion(state="declined", answer="No.")
    suggestions.reopen(declined)
    assert (again(declined).state, declined.answer) == ("new", "No.")
    public = factories.make_suggestion(state="accepted", published_at=timezone.now())
    for suggestion in (public, factories.make_suggestion(state="withdrawn"), declined):
        with pytest.raises(suggestions.AlreadyAnswered):
            suggestions.reopen(suggestion)


def test_a_withdrawn_record_gets_no_pending_edit(curator: User) -> None:
    practice = factories.make_practice(state=kb.State.ARCHIVED, published_at=timezone.now())
    assert suggestions.accept(factories.make_suggestion(practice), curator).edit is None


# What a curator compares it with


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_of_every_kind_says_something_or_nothing(kind: str) -> None:
    model = KINDS[kind]
    record = model.objects.published().first() if model in kb.CURATED else model.objects.first()
    for part in ("", *parts_of(model)):
        assert all(statements(record, part)), part
        supporting_citations(record, part)


def test_a_part_is_shown_with_what_supports_it() -> None:
    cited = factories.make_citation()
    practice = factories.make_practice(year_start=2001, citation=factories.make_citation())
    kb.PracticeCitation.objects.create(practice=practice, position=2, citation=cited, supports="years")
    assert statements(practice, "years") == ["First year: 2001"]
    assert supporting_citations(practice, "years") == [cited]
    assert supporting_citations(practice, "summary") == [practice.citation_links.first().citation]
    assert statements(practice, "countries") == ["Portugal (Destination)"]
    assert statements(practice, "title") == [practice.title]


# How often


def test_an_address_may_do_something_so_many_times_in_a_while(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMITS = {"suggestions": (2, 3600), "others": (1, 60)}
    monkeypatch.setattr(limits.time, "time", lambda: 7200.0)
    assert [limits.seconds_to_wait("suggestions", ADDRESS) for _ in range(3)] == [0, 0, 3600]
    assert limits.seconds_to_wait("suggestions", "192.0.2.2") == 0
    assert limits.seconds_to_wait("others", ADDRESS) == 0
    monkeypatch.setattr(limits.time, "time", lambda: 10799.0)
    assert limits.seconds_to_wait("suggestions", ADDRESS) == 1
    monkeypatch.setattr(limits.time, "time", lambda: 10800.0)
    assert limits.seconds_to_wait("suggestions", ADDRESS) == 0
    assert kb.RequestCount.objects.filter(limit="suggestions").count() == 1


def test_of_an_address_only_a_hash_of_the_day_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.seconds_to_wait("suggestions", ADDRESS)
    today = kb.RequestCount.objects.get().origin
    assert ADDRESS not in today
    monkeypatch.setattr(limits.timezone, "now", lambda: timezone.datetime(2030, 1, 1))  # type: ignore[attr-defined]
    assert limits.origin(ADDRESS) != today


def test_a_household_of_version_6_is_one_and_no_address_is_no_error() -> None:
    assert limits.origin("2001:db8:1:2::1") == limits.origin("2001:db8:1:2:ffff::9")
    assert limits.origin("2001:db8:1:2::1") != limits.origin("2001:db8:1:3::1")
    assert limits.origin("") == limits.origin("unix:") == limits.origin("not an address\0")


# Erasing


def test_words_are_erased_a_year_after_the_answer() -> None:
    now = timezone.now()
    words: dict[str, Any] = dict.fromkeys(suggestions.WORDS, "x") | {"email": "a@example.org"}
    old, young = (now - timedelta(days=days) for days in (366, 364))
    erased = factories.make_suggestion(**words, state="declined", answered_at=old)
    credited = factories.make_suggestion(**words, state="accepted", answered_at=old, published_at=old)
    kept = [
        factories.make_suggestion(**words, state="declined", answered_at=young),
        factories.make_suggestion(**words, created=old),
    ]
    assert suggestions.erase_old_suggestions() == 2
    assert suggestions.erase_old_suggestions() == 0
    assert {getattr(again(erased), name) for name in suggestions.WORDS} == {""}
    assert (again(credited).credit, credited.problem, credited.email) == ("x", "", "")
    assert all(again(one).problem == "x" for one in kept)


def test_nothing_of_an_address_outlives_the_erasing() -> None:
    limits.seconds_to_wait("suggestions", ADDRESS)
    suggestions.erase_old_suggestions()
    assert not kb.RequestCount.objects.exists()


def test_no_history_keeps_what_is_erased() -> None:
    assert not hasattr(kb.ReaderSuggestion, "history")


# At the same time, in threads with connections of their own to a database that no transaction of a test holds


def at_once(number: int, settings: dict[str, Any], act: Callable[[int], object]) -> list[object]:
    """Let threads do something at the same moment; returns what each returned, or the error that it met."""
    barrier, done = Barrier(number), list[object]()

    def run(which: int) -> None:
        connections["default"] = own = connections.create_connection("default")
        own.settings_dict = {**settings}
        own.ensure_connection()
        barrier.wait()
        try:
            done.append(act(which))
        except suggestions.AlreadyAnswered as answered:
            done.append(answered)
        finally:
            own.close()

    threads = [Thread(target=run, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_of_many_requests_at_once_no_more_than_the_limit_go_on(
    own_database: dict[str, Any], settings: Settings
) -> None:
    settings.LIMITS = {"suggestions": (3, 3600)}
    waits = at_once(8, own_database, lambda _which: limits.seconds_to_wait("suggestions", ADDRESS))
    assert (len(waits), waits.count(0)) == (8, 3)


def test_a_double_click_is_kept_once(own_database: dict[str, Any]) -> None:
    def sent(_which: int) -> int:
        return suggestions.send(kb.ReaderSuggestion(token="t" * 64, title="A", problem="B"), ADDRESS).pk

    assert len(set(at_once(4, own_database, sent))) == 1


def test_of_two_curators_who_accept_at_once_one_is_told_so(own_database: dict[str, Any]) -> None:
    user = User.objects.create_superuser("carla")
    practice = kb.Practice.objects.published().first()
    suggestion = factories.make_suggestion(practice, part="summary", proposal="Other words.")
    done = at_once(2, own_database, lambda _which: suggestions.accept(suggestion, user))
    assert sorted(type(one).__name__ for one in done) == ["AlreadyAnswered", "ReaderSuggestion"]
    assert kb.Practice.objects.filter(draft_of=practice).count() == 1
