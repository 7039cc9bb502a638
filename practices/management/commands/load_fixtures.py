"""`load_fixtures`: bring the database up to the fixtures without touching what curators changed."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from practices.curation import fixtures
from practices.curation.fixtures import loading

#: how many of the records that are kept, and of what is left out, are named
NAMED = 20


class Command(BaseCommand):
    """Load fixtures/*.json, all or nothing."""

    help = "Load the fixtures: creates what is missing, updates what no curator has touched, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="directory", type=Path, default=settings.FIXTURE_DIRS[0])

    def handle(self, *args: object, directory: Path, **options: object) -> None:
        try:
            result = loading.load(directory)
        except fixtures.FixtureError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if not result.changed:
            self.stdout.write("Nothing new in the fixtures.")
        else:
            self.stdout.write(f"{result.created} records created, {result.updated} updated, {result.removed} removed.")
        if result.kept:
            lines = [f"{' '.join(key)}: {words}" for key, words in result.kept.items()]
            self._name("records differ from the fixtures because curators changed them: kept.", lines)
        if result.left_out:
            self._name("times a fixture names a record that is gone: left out.", list(map(str, result.left_out)))

    def _name(self, words: str, lines: list[str]) -> None:
        self.stdout.write(f"{len(lines)} {words}")
        for line in lines[:NAMED]:
            self.stdout.write(f"  {line}")
        if len(lines) > NAMED:
            self.stdout.write(f"  and {len(lines) - NAMED} more")
