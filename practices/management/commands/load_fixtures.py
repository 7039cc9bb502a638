"""`load_fixtures`: bring the database up to the fixtures without touching what curators changed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from practices.curation import fixtures, loading

#: how many of the records that are kept are named
NAMED = 20


class Command(BaseCommand):
    """Load fixtures/*.json, all or nothing."""

    help = "Load the fixtures: creates what is missing, updates what no curator has touched, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="directory", type=Path, default=settings.FIXTURE_DIRS[0])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = loading.load(options["directory"])
        except fixtures.FixtureError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if not result.changed:
            self.stdout.write("Nothing new in the fixtures.")
        else:
            self.stdout.write(f"{result.created} records created, {result.updated} updated, {result.removed} removed.")
        if result.kept:
            self._name_kept(result.kept)

    def _name_kept(self, keys: list[fixtures.Key]) -> None:
        self.stdout.write(f"{len(keys)} records differ from the fixtures because curators changed them: kept.")
        for key in keys[:NAMED]:
            self.stdout.write(f"  {' '.join(key)}")
        if len(keys) > NAMED:
            self.stdout.write(f"  and {len(keys) - NAMED} more")
