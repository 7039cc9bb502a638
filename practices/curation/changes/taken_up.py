"""What became of readers' suggestions that pending edits and drafts took up: noted where these are published."""

from collections.abc import Collection, Iterable

from django.db.models import Model, QuerySet
from django.utils import timezone

from practices.models import Curated, Practice, ReaderSuggestion, SuggestionState
from practices.models.suggestion import REWRITABLE


def taken_up_in(*edits: Model) -> QuerySet[ReaderSuggestion]:
    """Return the suggestions that some pending edits or drafts of one kind took up and that are not public yet."""
    kinds = {str(edit._meta.model_name) for edit in edits}
    if any(isinstance(edit, Practice) for edit in edits):
        kinds.add("")  # a practice to add
    keys = [edit.pk for edit in edits]
    taken_up = ReaderSuggestion.objects.filter(record_kind__in=kinds, edit_id__in=keys, published_at=None)
    return taken_up.filter(state=SuggestionState.ACCEPTED)


def note_publication(edits: Iterable[Curated], fields: Collection[str] | None = None) -> None:
    """Note that pending edits or drafts are public now, or only some fields of them. Two queries for each kind.

    Whoever rewrote a text that was not accepted waits for an answer again.
    """
    for same_kind in _by_kind(edits):
        taken_up = taken_up_in(*same_kind)
        if fields is not None:
            left_out = set(REWRITABLE[type(same_kind[0])]) - set(fields)
            reopened(taken_up.exclude(proposal="").filter(part__in=left_out))
        taken_up.update(published_at=timezone.now())


def note_discard(edit: Curated) -> None:
    """Let what a pending edit or draft took up wait for an answer again, as it is given up."""
    reopened(taken_up_in(edit))


def reopened(suggestions: QuerySet[ReaderSuggestion]) -> int:
    """Let suggestions wait again, for whom they were assigned to, with the answer as it was; returns how many do."""
    return suggestions.update(state=SuggestionState.NEW, edit_id=None, answered_at=None, answered_by=None)


def _by_kind(edits: Iterable[Curated]) -> Iterable[list[Curated]]:
    kinds: dict[type[Model], list[Curated]] = {}
    for edit in edits:
        kinds.setdefault(type(edit), []).append(edit)
    return kinds.values()
