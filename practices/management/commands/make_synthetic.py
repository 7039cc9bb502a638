"""`make_synthetic`: fill a scratch database with made-up practices, to see how the site behaves when it has grown."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bench import synthetic

SCRATCH = (
    "On a scratch database: set DATABASE_URL=sqlite:////tmp/scratch.sqlite3, then run "
    "`manage.py migrate` and `manage.py loaddata 01_vocabularies 02_countries`."
)


class Command(BaseCommand):
    """Make published practices that no report describes, with all that belongs to them."""

    help = "Make N made-up published practices with all that belongs to them, all or nothing. For scratch databases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, metavar="N", help="how many practices to make")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same practices (1)")
        parser.add_argument("--into-real", action="store_true", help="put them among real published practices")

    def handle(self, *args: Any, number: int, seed: int, into_real: bool, **options: Any) -> None:
        if number < 1:
            raise CommandError("N is the number of practices to make: 1 or more.")
        if not into_real and synthetic.holds_real_practices():
            raise CommandError(
                "Nothing was made: this database holds real published practices, and readers would not tell them from "
                f"made-up ones. {SCRATCH} If this is a scratch copy, add --into-real."
            )
        try:
            synthetic.make(number, seed=seed, report=self._step)
        except synthetic.NoVocabularies as error:
            raise CommandError(f"Nothing was made: there are no vocabularies or countries. {SCRATCH}") from error

    def _step(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
