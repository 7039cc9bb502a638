"""Django's `loaddata`, and after it the search index: what it loads is found."""

from typing import Any

from django.core.management.commands import loaddata

from practices.curation.publishing import reindexed


class Command(loaddata.Command):
    """Load fixtures as Django does, then bring the index up to them."""

    def handle(self, *labels: str, **options: Any) -> None:
        super().handle(*labels, **options)
        reindexed()
