"""The end of every write that readers can see: the search index and the data version, in the same transaction."""

from collections.abc import Iterable

from django.db import transaction

from practices.index import writer
from practices.models import DataVersion


@transaction.atomic
def refresh_public_data(practices: Iterable[int]) -> None:
    """Index these practices anew and raise the data version: the last step of a change of what is public."""
    DataVersion.raise_number()
    writer.update(practices)


@transaction.atomic
def reindexed(report: writer.Report = writer.silent, *, rebuild: bool = False) -> writer.IndexUpdate:
    """Bring the whole index up to the data, and raise the data version if that changed anything."""
    written = writer.rebuild(report) if rebuild else writer.refresh(report)
    if written.changed:
        DataVersion.raise_number()
    return written
