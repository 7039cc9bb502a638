"""What falls short, kept: the gates are asked of all that is public at once, and what they find is looked up later.

Asking them takes seconds where the collection is large, so the desk and the lists of the admin read what was found.
"""

from collections import defaultdict

from django.db import transaction
from django.db.models import Count, Model, QuerySet
from django.utils import timezone

from practices.curation.quality import Scope, issues
from practices.models import ContentCheck, DataVersion, RecordIssue, Source
from practices.provenance.coverage import coverage_by_source


def check_content() -> int:
    """Ask every gate that needs no text of what is public, and keep what it finds; returns how many issues there are.

    Readers and other writers do not wait: the gates are asked outside the transaction that keeps their answers.
    """
    version = DataVersion.current().number
    shortfalls = [
        RecordIssue(
            gate=gate.name,
            kind=str(issue.record._meta.model_name),
            record=issue.record.pk,
            other=issue.other.pk if issue.other else None,
            missing=issue.missing,
        )
        for gate, issue in issues(Scope())
    ]
    covered = coverage_by_source(Source.objects.published())
    coverage = {str(read.source.pk): [read.paragraphs, read.used] for read in covered}
    with transaction.atomic():
        ContentCheck.objects.get_or_create(pk=1)
        ContentCheck.objects.select_for_update().get(pk=1)  # two checks at once: one after the other
        RecordIssue.objects.all().delete()
        RecordIssue.objects.bulk_create(shortfalls, batch_size=500)
        ContentCheck.objects.filter(pk=1).update(version=version, date=timezone.now(), coverage=coverage)
    return len(shortfalls)


def last_check() -> ContentCheck | None:
    """Return the last check, None where the content was never checked. One query."""
    return ContentCheck.objects.filter(pk=1).first()


def records_lacking() -> dict[str, dict[str, int]]:
    """Return how many records of each kind fall short of each gate, as the last check found them. One query."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    rows = RecordIssue.objects.values_list("gate", "kind").annotate(Count("record", distinct=True))
    for gate, kind, number in rows.order_by("gate", "kind"):
        counts[gate][kind] = number
    return dict(counts)


def gates_of(model: type[Model]) -> set[str | None]:
    """Return the names of the gates of which records of a model fall short, as the last check found. One query."""
    shortfalls = RecordIssue.objects.filter(kind=model._meta.model_name).order_by()
    return set(shortfalls.values_list("gate", flat=True).distinct())


def issues_of(gate: str, kind: str) -> QuerySet[RecordIssue]:
    """Return what the last check found of one gate in the records of one kind."""
    return RecordIssue.objects.filter(gate=gate, kind=kind)
