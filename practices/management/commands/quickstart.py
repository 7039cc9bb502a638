"""`quickstart`: from a fresh checkout to a served site, on this machine, in one command."""

import logging
import os
import socket
import sys
from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from practices.curation import fixtures
from practices.curation.fixtures import loading
from practices.models import Finding, Practice

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Migrate, load the fixtures, collect static files, and serve. Safe to run again at any time."""

    help = "Set up and serve the site on this machine: http://127.0.0.1:8000/"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")
        parser.add_argument("--port", type=int, default=8000, help="the port to serve on (8000)")

    def handle(self, *args: object, no_serve: bool, port: int, **options: object) -> None:
        if not no_serve:
            check_can_serve(port)
        self._step("Bringing the database up to date")
        self._migrate()
        self._step("Loading the fixtures")
        loaded = self._load()
        self._step("Collecting static files")
        call_command("collectstatic", verbosity=0, interactive=False)
        practices, findings = Practice.objects.published().count(), Finding.objects.published().count()
        self._step(f"Ready: {practices} practices and {findings} findings are published")
        if not no_serve:
            self._serve(port)
        elif not loaded:
            raise CommandError("The fixtures were not loaded. What was there before can be served.")

    def _step(self, text: str) -> None:
        self.stdout.write(self.style.SUCCESS(text))
        self.stdout.flush()

    def _migrate(self) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {error}".strip()) from error

    def _load(self) -> bool:
        """Load the fixtures; where that fails, say why, and return whether it was done.

        Raises CommandError where there is nothing from before that could be served.
        """
        try:
            result = loading.load(settings.FIXTURE_DIRS[0])
        except Exception as error:
            failure = f"Nothing was loaded. {error}".strip()
            if not any(entry.model._default_manager.exists() for entry in fixtures.FIXTURE_MODELS.values()):
                raise CommandError(failure) from error
            if not isinstance(error, fixtures.FixtureError):
                logger.exception("The fixtures could not be loaded")
            self.stderr.write(failure)
            return False
        if result.changed:
            self.stdout.write(f"  {result.created} created, {result.updated} updated, {result.removed} removed")
        else:
            self.stdout.write("  nothing new")
        if result.kept:
            self.stdout.write(f"  {len(result.kept)} left as curators changed them")
        if result.left_out:
            self.stdout.write(f"  {len(result.left_out)} times a fixture names a record that is gone: left out")
        if result.kept or result.left_out:
            self.stdout.write("  load_fixtures names them")
        return True

    def _serve(self, port: int) -> None:
        self.stdout.write(f"\nServing at http://127.0.0.1:{port}/ (stop with Ctrl+C)")
        if not get_user_model().objects.filter(is_superuser=True).exists():
            command = f"{sys.executable} manage.py createsuperuser"
            self.stdout.write(f"To create a curator: {command}, then log in at /admin/")
        self.stdout.flush()
        os.chdir(settings.BASE_DIR)
        server = [sys.executable, "-m", "gunicorn", "kb.wsgi", *gunicorn_options(port)]
        os.execv(sys.executable, server)  # noqa: S606 (no shell is wanted)


def gunicorn_options(port: int) -> list[str]:
    """Return the options with which this machine is served; a control socket would stand in the home folder."""
    return ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket"]


def check_can_serve(port: int) -> None:
    """Raise CommandError, before anything is done, where serving on this machine could only fail in the end."""
    if not settings.LOCAL:
        raise CommandError(
            "quickstart serves this machine only, and KB_LOCAL=1 is not set. "
            "In production: quickstart --no-serve, then gunicorn kb.wsgi behind HTTPS."
        )
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        raise CommandError(f"Port {port} cannot be served on ({error}). Choose another with --port.") from error
