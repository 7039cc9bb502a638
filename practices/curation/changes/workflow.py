"""Moving records between states. Every change of what is public is one transaction that raises the data version."""

from collections.abc import Iterable, Iterator
from typing import cast

from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation import publishing
from practices.curation.changes import taken_up
from practices.curation.dependants import by_model, public_dependants
from practices.curation.fixtures.baseline import write_history
from practices.curation.quality import Scope, issues
from practices.index.documents import practices_affected, practices_affected_by
from practices.models import Curated, State


class StepRefused(Exception):
    """A step that is not taken, for the reason that its text says; nothing was changed."""


class NotReady(StepRefused):
    """Records may not be public as they are. `missing` says what each of them lacks; nothing was changed."""

    def __init__(self, missing: dict[Curated, list[str]]) -> None:
        self.missing = missing
        needs = [
            _("%(record)s needs: %(needs)s.") % {"record": name, "needs": ", ".join(missing[name])} for name in missing
        ]
        super().__init__(" ".join([_("This cannot be public yet."), *needs]))


@transaction.atomic
def publish(records: Iterable[Curated]) -> int:
    """Make records public, all or none; returns how many were not public before.

    Raises NotReady, which names what each record lacks.
    """
    return _move(records, State.PUBLISHED)


@transaction.atomic
def withdraw(records: Iterable[Curated]) -> int:
    """Take records from the public, all or none; their addresses answer 410. Returns how many were not archived before.

    Raises NotReady where what stays public would lack something without them, such as the source of its only citation.
    """
    return _move(records, State.ARCHIVED)


@transaction.atomic
def return_to_draft(records: Iterable[Curated]) -> int:
    """Take records back to draft, to be worked on; returns how many were not drafts before. Raises as `withdraw`."""
    return _move(records, State.DRAFT)


@transaction.atomic
def send_for_review(records: Iterable[Curated]) -> int:
    """Send drafts to those who review; returns how many were not sent before."""
    return _move(records, State.IN_REVIEW)


@transaction.atomic
def note_review(records: Iterable[Curated]) -> int:
    """Note that records were read through today, from which on they are not due; returns of how many that is new."""
    today, now = timezone.localdate(), timezone.now()
    reviewed = [record for record in _locked(records) if record.reviewed_on != today]
    for record in reviewed:
        record.reviewed_on, record.version, record.modified = today, record.version + 1, now
    for model, keys in by_model(reviewed).items():
        model._default_manager.filter(pk__in=keys).update(reviewed_on=today, version=F("version") + 1, modified=now)
    write_history(reviewed, "~", reason=_("Reviewed"))
    return len(reviewed)


def propagate(record: Curated, practices: Iterable[int] = ()) -> None:
    """Carry a change of this record to readers, if it is public. Raises NotReady where it may not stay so.

    `practices` are the keys of those in whose documents it had a part before the change.
    """
    if record.is_published:
        check_requirements([record])
        publishing.refresh_public_data({*practices, *practices_affected_by(record)})


def missing_requirements(*records: Curated) -> dict[Curated, list[str]]:
    """Return what records need before they may be public, in words for the curator, without those that lack nothing.

    A fixed number of queries, and one for each 500 practices.
    """
    missing: dict[Curated, list[str]] = {}
    for _gate, issue in issues(Scope(*records), publishing=True) if records else ():
        missing.setdefault(cast(Curated, issue.record), []).append(issue.missing)
    return missing


def check_requirements(records: Iterable[Curated]) -> None:
    """Raise NotReady unless each of these records has what it needs to be public."""
    if missing := missing_requirements(*records):
        raise NotReady(missing)


def _move(records: Iterable[Curated], state: State) -> int:
    """Set the state of records, those of each kind in a fixed number of queries."""
    moved = [record for record in _locked(records) if record.state != state]  # as they are
    if state == State.PUBLISHED:
        _refuse_pending_edits(moved)
        check_requirements(moved)
    hanging = public_dependants(moved) if state != State.PUBLISHED else []
    lacking = missing_requirements(*hanging)
    public = state == State.PUBLISHED or any(record.is_published for record in moved)
    practices = _set_state(moved, state)
    if state == State.PUBLISHED:
        taken_up.note_publication(moved)
    if lost := newly_missing(missing_requirements(*hanging), lacking):
        raise NotReady(lost)
    if public and moved:
        publishing.refresh_public_data(practices)
    return len(moved)


def _refuse_pending_edits(records: Iterable[Curated]) -> None:
    edits = [record for record in records if record.draft_of_id is not None]
    if edits:
        raise NotReady({edit: [_("to be approved: it is a pending edit, and replaces its original")] for edit in edits})


def _locked(records: Iterable[Curated]) -> Iterator[Curated]:
    """Yield records as they are now, those that are gone left out; nobody else can change them until all is done."""
    for model, keys in by_model(records).items():
        yield from model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")


def _set_state(records: list[Curated], state: State) -> set[int]:
    """Write a state, with history; returns the practices in whose documents the records have a part."""
    now, practices = timezone.now(), set[int]()
    for record in records:
        record.state, record.version, record.modified = state, record.version + 1, now
        if state == State.PUBLISHED:
            record.published_at = record.published_at or now
    for model, keys in by_model(records).items():
        values: dict[str, object] = {"state": state, "version": F("version") + 1, "modified": now}
        if state == State.PUBLISHED:
            values["published_at"] = Coalesce("published_at", Value(now, DateTimeField()))
        model._default_manager.filter(pk__in=keys).update(**values)
        practices |= practices_affected(model, keys)
    write_history(records, "~", reason=str(state.label))
    return practices


def lost_without(records: Iterable[Curated]) -> dict[Curated, list[str]]:
    """Return what public records would lack if these were no longer public, such as their only source. Writes nothing.

    `withdraw` and `return_to_draft` refuse where there is any.
    """
    hanging = public_dependants(records)
    lacking = missing_requirements(*hanging)
    with transaction.atomic():
        for model, keys in by_model(records).items():
            model._default_manager.filter(pk__in=keys).update(state=State.ARCHIVED)
        missing = missing_requirements(*hanging)
        transaction.set_rollback(True)
    return newly_missing(missing, lacking)


def newly_missing(missing: dict[Curated, list[str]], before: dict[Curated, list[str]]) -> dict[Curated, list[str]]:
    """Return what is missing and was not before, of each record."""
    new = {record: [need for need in needs if need not in before.get(record, ())] for record, needs in missing.items()}
    return {record: needs for record, needs in new.items() if needs}
