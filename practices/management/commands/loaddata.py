"""Django's `loaddata`, with history that `load_fixtures` knows for no curator's, and with the search index after it."""

from django.core.management.commands import loaddata

from practices.curation.fixtures.baseline import signed_history
from practices.curation.publishing import reindexed


class Command(loaddata.Command):
    """Load fixtures as Django does, then bring the index up to them."""

    def handle(self, *labels: str, **options: object) -> None:
        with signed_history():
            super().handle(*labels, **options)
        reindexed()
