"""`quickstart`: from a fresh checkout to a served site, on this machine, in one command."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from practices.curation import fixtures
from practices.models import Finding, Practice


class Command(BaseCommand):
    """Migrate, load the fixtures, collect static files, and serve. Safe to run again at any time."""

    help = "Set up and serve the site on this machine: http://127.0.0.1:8000/"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")
        parser.add_argument("--port", type=int, default=8000, help="the port to serve on (8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("Bringing the database up to date")
        call_command("migrate", verbosity=0, interactive=False)
        self._step("Loading the fixtures")
        self._load()
        self._step("Collecting static files")
        call_command("collectstatic", verbosity=0, interactive=False)
        practices, findings = Practice.objects.published().count(), Finding.objects.published().count()
        self._step(f"Ready: {practices} practices and {findings} findings are published")
        if not options["no_serve"]:
            self._serve(options["port"])

    def _step(self, text: str) -> None:
        self.stdout.write(self.style.SUCCESS(text))
        self.stdout.flush()

    def _load(self) -> None:
        try:
            result = fixtures.load(settings.FIXTURE_DIRS[0])
        except fixtures.FixtureError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if result.changed:
            self.stdout.write(f"  {result.created} created, {result.updated} updated, {result.removed} removed")
        else:
            self.stdout.write("  nothing new")
        if result.kept:
            self.stdout.write(f"  {result.kept} left as curators changed them")

    def _serve(self, port: int) -> None:
        self.stdout.write(f"\nServing at http://127.0.0.1:{port}/ (stop with Ctrl+C)")
        if not get_user_model().objects.filter(is_superuser=True).exists():
            self.stdout.write("To create a curator: .venv/bin/python manage.py createsuperuser, then log in at /admin/")
        self.stdout.flush()
        server = Path(sys.executable).with_name("gunicorn")
        arguments = ["kb.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload"]
        os.chdir(settings.BASE_DIR)
        os.execv(server, [str(server), *arguments])  # noqa: S606 (no shell is wanted)
