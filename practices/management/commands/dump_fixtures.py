"""`dump_fixtures`: write the data as fixtures, byte for byte the same for the same data."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from practices.curation import fixtures


class Command(BaseCommand):
    """Write fixtures/*.json from the database."""

    help = "Write every fixture file from the database (natural keys, no history)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.FIXTURE_DIRS[0], help="the folder to write to")

    def handle(self, *args: object, to: Path, **options: object) -> None:
        fixtures.dump(to, report=self.stdout.write)
