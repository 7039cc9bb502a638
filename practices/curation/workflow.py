"""Moving records between states. Every change of what is public is one transaction that raises the data version."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation import publishing
from practices.curation.quality import Scope, issues
from practices.index.documents import practices_affected_by
from practices.models import Curated, State


class NotReady(Exception):
    """A record may not be published yet. The message says which one and what it lacks; nothing was changed."""


@transaction.atomic
def publish(records: Iterable[Curated]) -> int:
    """Make records public, all or none; returns how many were not public before. Raises NotReady."""
    return _move(records, State.PUBLISHED, check=_check_ready)


@transaction.atomic
def withdraw(records: Iterable[Curated]) -> int:
    """Take records from the public; their addresses answer 410. Returns how many were not archived before."""
    return _move(records, State.ARCHIVED)


@transaction.atomic
def return_to_draft(records: Iterable[Curated]) -> int:
    """Take records back to draft, to be worked on; returns how many were not drafts before."""
    return _move(records, State.DRAFT)


def propagate(record: Curated, practices: Iterable[int] = ()) -> None:
    """Carry a change of this record to readers, if it is public.

    `practices` are the keys of those in whose documents it had a part before the change.
    """
    if record.is_published:
        publishing.refresh_public_data({*practices, *practices_affected_by(record)})


def missing_requirements(record: Curated) -> list[str]:
    """Return what a record still needs before it may be published, in words for the curator."""
    return [issue.missing for _gate, issue in issues(Scope(record), publishing=True)]


def _check_ready(record: Curated) -> None:
    if missing := missing_requirements(record):
        needs = ", ".join(missing)
        raise NotReady(
            _("%(record)s cannot be published yet. It needs: %(needs)s.") % {"record": record, "needs": needs}
        )


def _move(records: Iterable[Curated], state: State, check: Callable[[Curated], None] | None = None) -> int:
    moved, public, practices = 0, False, set[int]()
    for stale in records:
        record: Any = type(stale)._default_manager.select_for_update().get(pk=stale.pk)  # as it is now
        if record.state == state:
            continue
        if check:
            check(record)
        public = public or State.PUBLISHED in (record.state, state)
        record.state, record.version = state, record.version + 1
        if state == State.PUBLISHED:
            record.published_at = record.published_at or timezone.now()
        record._change_reason = str(state.label)
        record.save()
        practices |= practices_affected_by(record)
        moved += 1
    if public:
        publishing.refresh_public_data(practices)
    return moved
