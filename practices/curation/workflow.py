"""Moving records between states. Every change of what is public is one transaction that raises the data version."""

from collections.abc import Iterable
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation import publishing
from practices.curation.dependants import public_dependants
from practices.curation.quality import Scope, issues
from practices.index.documents import practices_affected_by
from practices.models import Curated, State


class NotReady(Exception):
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


def propagate(record: Curated, practices: Iterable[int] = ()) -> None:
    """Carry a change of this record to readers, if it is public. Raises NotReady where it may not stay so.

    `practices` are the keys of those in whose documents it had a part before the change.
    """
    if record.is_published:
        check_requirements([record])
        publishing.refresh_public_data({*practices, *practices_affected_by(record)})


def missing_requirements(*records: Curated) -> dict[Curated, list[str]]:
    """Return what records need before they may be public, in words for the curator, without those that lack nothing.

    A fixed number of queries for any number of records.
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
    locked = [type(record)._default_manager.select_for_update().get(pk=record.pk) for record in records]  # as they are
    moved: list[Any] = [record for record in locked if record.state != state]
    if state == State.PUBLISHED:
        _refuse_pending_edits(moved)
        check_requirements(moved)
    hanging = public_dependants(moved) if state != State.PUBLISHED else []
    lacking = missing_requirements(*hanging)
    public, practices = state == State.PUBLISHED, set[int]()
    for record in moved:
        public = public or record.is_published
        record.state, record.version = state, record.version + 1
        if state == State.PUBLISHED:
            record.published_at = record.published_at or timezone.now()
        record._change_reason = str(state.label)
        record.save()
        practices |= practices_affected_by(record)
    if newly_missing := _without(missing_requirements(*hanging), lacking):
        raise NotReady(newly_missing)
    if public and moved:
        publishing.refresh_public_data(practices)
    return len(moved)


def _refuse_pending_edits(records: Iterable[Curated]) -> None:
    edits = [record for record in records if record.draft_of_id is not None]
    if edits:
        raise NotReady({edit: [_("to be approved: it is a pending edit, and replaces its original")] for edit in edits})


def _without(missing: dict[Curated, list[str]], before: dict[Curated, list[str]]) -> dict[Curated, list[str]]:
    """Return what is missing and was not before, of each record."""
    new = {record: [need for need in needs if need not in before.get(record, ())] for record, needs in missing.items()}
    return {record: needs for record, needs in new.items() if needs}
