"""Noting of two records that look like one that they are not the same, so that nobody is asked again."""

from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from practices.curation.operations import recorded
from practices.curation.roles import Person
from practices.models import Curated, DistinctRecords, Operation, OperationKind, RecordIssue


def note_distinct(record: Curated, other: Curated, user: Person | None) -> Operation | None:
    """Note that two records of a kind are not the same; returns the operation, None where that was noted before.

    What the last check of the content found of the pair goes with it, and comes back where that is undone.
    """
    first, second = sorted((record, other), key=attrgetter("ref"))
    title = _("Not the same: %(first)s, %(second)s") % {"first": f"{first.ref} {first}", "second": second.ref}
    pair: dict[str, Any] = {"kind": first._meta.model_name, "first": first.ref, "second": second.ref}
    with recorded(OperationKind.DISTINCTION, title, user) as recording:
        issues = RecordIssue.objects.filter(kind=pair["kind"], record=second.pk, other=first.pk)
        recording.watch_rows(RecordIssue, "pk", issues.values_list("pk", flat=True))
        noted, is_new = DistinctRecords.objects.get_or_create(**pair)
        if is_new:
            recording.created(noted)
        issues.delete()
    return recording.operation
