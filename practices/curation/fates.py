"""What became of a record that readers once saw: merged into another, withdrawn, or taken back to be worked on."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet

from practices.models import Curated, FormerSlug
from practices.models.retiring import Retirable


class Fate(NamedTuple):
    """Into which record one was merged, None where into none; what state it is in, since when, and who saw to that."""

    merged_into: Model | None
    state: str = ""
    since: datetime | None = None
    by: User | None = None


def fate_of(record: Model) -> Fate | None:
    """Return what became of a record, None where readers see it as it is. Four queries at most, or one a merge."""
    if isinstance(record, Retirable):
        return Fate(_last(record)) if record.replaced_by_id else None
    if not isinstance(record, Curated) or record.is_published:
        return None
    history = type(record).history.filter(id=record.pk)
    before = history.exclude(state=record.state).first()
    moved = history.filter(history_id__gt=before.pk if before else 0).select_related("history_user").last()
    at, by = (moved.history_date, moved.history_user) if moved else (None, None)
    return Fate(_merged_into(record), str(record.get_state_display()), at, by)


def _last(record: Retirable) -> Retirable:
    """Return the term or place that stands for one that was merged, be that merged in its turn."""
    passed = set[int]()
    while record.replaced_by and record.pk not in passed:
        passed.add(record.pk)
        record = record.replaced_by
    return record


def _merged_into(record: Curated) -> Curated | None:
    """Return the record to which the address of another leads, None where it leads to none."""
    former = FormerSlug.objects.filter(model=record._meta.model_name, slug=record.slug).exclude(ref=record.ref)
    return type(record).objects.originals().filter(ref__in=former.values("ref")).first()


def refs_merged_into(record: Curated) -> QuerySet:
    """Return the refs of the records whose addresses lead to a record, as a query."""
    former = FormerSlug.objects.filter(model=record._meta.model_name, ref=record.ref).values("slug")
    return type(record).objects.originals().filter(slug__in=former).exclude(ref=record.ref).values("ref")
