"""`reindex`: bring the search index up to the data."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from practices.curation.publishing import reindexed


class Command(BaseCommand):
    """Write what differs, or everything anew."""

    help = "Bring the search index up to the data: writes only what differs, everything anew with --rebuild."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make the whole index anew")

    def handle(self, *args: object, rebuild: bool, **options: object) -> None:
        result = reindexed(self._step, rebuild=rebuild)
        if result.rebuilt:
            self.stdout.write("The text index was damaged, and was made anew.")
        if result.changed:
            self.stdout.write(
                f"{result.written} practices indexed, {result.removed} removed, {result.words} words added."
            )
        else:
            self.stdout.write("The index was up to date.")

    def _step(self, done: int, total: int) -> None:
        self.stdout.write(f"  {done} of {total} practices")
        self.stdout.flush()
