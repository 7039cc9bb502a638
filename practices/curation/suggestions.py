"""What readers suggest: kept as sent, answered by curators, erased when it has served. Nothing of it is public.

What is accepted goes the way of every change: a pending edit of the record, or a draft of a new practice.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from practices.curation import limits
from practices.curation.changes.pending import pending_edit
from practices.curation.changes.taken_up import reopened, taken_up_in
from practices.curation.fates import fate_of, refs_merged_into
from practices.curation.fixtures.baseline import sign_next
from practices.curation.roles import Person
from practices.models import Curated, Kind, Level, Practice, ReaderSuggestion, RequestCount, SuggestionState
from practices.models.suggestion import REWRITABLE, key_of_record

#: how long the words of a suggestion are kept after the answer
KEPT = timedelta(days=365)
#: what a reader wrote, and what was written to the reader
WORDS = ("title", "problem", "proposal", "present", "where", "credit", "email", "answer")


class AlreadyAnswered(Exception):
    """Somebody else answered the suggestion, or its reader withdrew it; nothing was changed."""


class TooMany(Exception):
    """An address has sent as many suggestions as it may. `seconds` says how long it has to wait."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(seconds)


def send(suggestion: ReaderSuggestion, address: str) -> ReaderSuggestion:
    """Keep what a reader sent from an address; the same form sent twice, which has the same token, is kept once.

    Raises TooMany.
    """
    sent = ReaderSuggestion.objects.filter(token=suggestion.token)
    if known := sent.first():
        return known
    if seconds := limits.seconds_to_wait("suggestions", address):
        raise TooMany(seconds)
    try:
        with transaction.atomic():
            suggestion.save()
    except IntegrityError:  # a double click
        return sent.get()
    return suggestion


@transaction.atomic
def assign(suggestion: ReaderSuggestion, user: User | None) -> None:
    """Give a suggestion to a curator, None to nobody. Raises AlreadyAnswered."""
    locked = _waiting(suggestion)
    locked.assigned_to = user
    locked.state = SuggestionState.ASSIGNED if user else SuggestionState.NEW
    locked.save()


@transaction.atomic
def decline(suggestion: ReaderSuggestion, user: Person, answer: str) -> ReaderSuggestion:
    """Answer that nothing will be changed, and why. Raises AlreadyAnswered."""
    return _answered(_waiting(suggestion), SuggestionState.DECLINED, user, answer)


@transaction.atomic
def reopen(suggestion: ReaderSuggestion) -> None:
    """Let a suggestion wait again. Raises AlreadyAnswered where what came of it is public, or it was withdrawn."""
    locked = ReaderSuggestion.objects.select_for_update().get(pk=suggestion.pk)
    if not locked.can_be_reopened:
        raise AlreadyAnswered
    reopened(ReaderSuggestion.objects.filter(pk=locked.pk))


@transaction.atomic
def accept(suggestion: ReaderSuggestion, user: Person, answer: str = "") -> ReaderSuggestion:
    """Take a suggestion up: its `edit` is then the pending edit of the record, or the draft of the new practice.

    Where the record was merged meanwhile, it is taken up in the one that stayed. Where the reader rewrote a text, the
    pending edit has it (`is_applied`). What has no pending edits, such as a country or a withdrawn record, is changed
    by hand. Raises AlreadyAnswered.
    """
    locked = _waiting(suggestion)
    record = subject(locked.record)
    if not locked.record_ref:
        locked.edit_id = _draft(locked, user).pk
    elif isinstance(record, Curated) and record.is_published:
        edit = pending_edit(record, user)
        locked.edit_id = edit.pk
        _apply(locked, record, edit, user)
    return _answered(locked, SuggestionState.ACCEPTED, user, answer)


def subject(record: Model | None) -> Model | None:
    """Return the record that a suggestion about this one concerns now: the one into which it was merged, or itself."""
    fate = fate_of(record) if record is not None else None
    return fate.merged_into if fate and fate.merged_into else record


def can_be_applied(suggestion: ReaderSuggestion, record: Model | None) -> bool:
    """Whether a record has the very text that the reader rewrote, or is the one that the reader saw."""
    if record is None or not suggestion.rewrites or not getattr(record, "is_published", False):
        return False
    is_same = key_of_record(record) == (suggestion.record_kind, suggestion.record_ref)
    return is_same or getattr(record, suggestion.part) == suggestion.present


def is_applied(suggestion: ReaderSuggestion, edit: Model) -> bool:
    """Whether a pending edit says what the reader proposed."""
    return suggestion.rewrites and getattr(edit, suggestion.part) == suggestion.proposal


def _apply(suggestion: ReaderSuggestion, record: Curated, edit: Curated, user: Person) -> None:
    """Put the reader's text into the pending edit, unless a curator has written another one there."""
    if can_be_applied(suggestion, record) and getattr(edit, suggestion.part) == getattr(record, suggestion.part):
        setattr(edit, suggestion.part, suggestion.proposal)
        edit.version += 1
        sign_next(edit, user, _("As a reader suggested"))
        edit.save()


def _draft(suggestion: ReaderSuggestion, user: Person) -> Practice:
    """Return a new draft of a practice that a reader suggested, in their words; its kind and level are a start."""
    draft = Practice(
        title=suggestion.title,
        slug=_free_slug(suggestion.title),
        summary=suggestion.problem,
        kind=Kind.objects.all()[0],
        level=Level.objects.all()[0],
    )
    sign_next(draft, user, _("As a reader suggested"))
    draft.save()
    return draft


def _free_slug(title: str) -> str:
    """Return a slug for a title that no practice has or once had."""
    start = slugify(title)[:100] or "suggested"
    taken = Practice.objects.filter(slug__startswith=start).values_list("slug", flat=True)
    names = (f"{start}-{number}" if number else start for number in range(len(taken) + 1000))
    return next(name for name in names if name not in taken and not Practice(slug=name).was_anothers(name))


def _waiting(suggestion: ReaderSuggestion) -> ReaderSuggestion:
    """Return a suggestion as it is now, locked. Raises AlreadyAnswered unless it waits for an answer."""
    locked: ReaderSuggestion = ReaderSuggestion.objects.select_for_update().get(pk=suggestion.pk)
    if not locked.is_waiting:
        raise AlreadyAnswered
    return locked


def _answered(suggestion: ReaderSuggestion, state: SuggestionState, user: Person, answer: str) -> ReaderSuggestion:
    suggestion.state, suggestion.answer = state, answer
    suggestion.answered_by_id, suggestion.answered_at = user.pk, timezone.now()
    suggestion.save()
    return suggestion


def beside(record: Model) -> QuerySet[ReaderSuggestion]:
    """Return what stands beside the form of a record: what waits for an answer about it, or was taken up in it."""
    if type(record) not in REWRITABLE:
        return ReaderSuggestion.objects.none()
    kind, ref = key_of_record(record)
    about = Q(record_ref=ref)
    if isinstance(record, Curated):
        about |= Q(record_ref__in=refs_merged_into(record))
    return ReaderSuggestion.objects.waiting().filter(about, record_kind=kind) | taken_up_in(record)


def kept(suggestion: ReaderSuggestion) -> dict[str, Any]:
    """Return all that is kept of a reader's suggestion, but for which curators had to do with it."""
    names = ("record_kind", "record_ref", "part", "kind", *WORDS, "state", "token")
    dates = ("created", "answered_at", "published_at", "erased_at")
    return {name: getattr(suggestion, name) for name in (*names, *dates)}


# Erasing


@transaction.atomic
def withdraw(suggestion: ReaderSuggestion) -> None:
    """Erase what a reader sent, as the reader wishes; where it waited for an answer, it waits no longer."""
    locked: ReaderSuggestion = ReaderSuggestion.objects.select_for_update().get(pk=suggestion.pk)
    if locked.is_waiting:
        locked.state = SuggestionState.WITHDRAWN
        locked.save()
    erase([locked])


def erase(suggestions: Iterable[ReaderSuggestion], *, keep: Iterable[str] = ()) -> int:
    """Erase the words, names and addresses of suggestions, but for some fields; returns of how many.

    What was suggested of which record, and what became of it, stays.
    """
    keys = [suggestion.pk for suggestion in suggestions]
    empty = dict.fromkeys((name for name in WORDS if name not in keep), "")
    return ReaderSuggestion.objects.filter(pk__in=keys).update(**empty, erased_at=timezone.now())


def erase_old_suggestions() -> int:
    """Erase the words of what was answered more than a year ago; returns of how many.

    The name of a reader who is credited for what is public now stays until they withdraw it.
    """
    old = ReaderSuggestion.objects.filter(erased_at=None, answered_at__lt=timezone.now() - KEPT)
    credited = list(old.credited())
    RequestCount.objects.all().delete()
    return erase(credited, keep=["credit"]) + erase(old)
