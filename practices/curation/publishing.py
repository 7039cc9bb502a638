"""The end of every write that readers can see: the search index and the data version, in the same transaction."""

from collections.abc import Iterable

from django.db import transaction

from practices.models import DataVersion
from practices.search import index


@transaction.atomic
def changed(practices: Iterable[int]) -> None:
    """Index these practices anew and raise the data version: the last step of a change of what is public."""
    DataVersion.raise_number()
    index.update(practices)


@transaction.atomic
def reindexed(report: index.Report = index.silent, *, rebuild: bool = False) -> index.Written:
    """Bring the whole index up to the data, and raise the data version if that changed anything."""
    done = index.rebuild(report) if rebuild else index.refresh(report)
    if done.changed:
        DataVersion.raise_number()
    return done
