#!/usr/bin/env python
"""Run a management command: `python manage.py help` lists them."""

import os
import secrets
import sys
from pathlib import Path


def write_local_env(path: Path) -> None:
    """Write an `.env` for this machine only, with a random key, unless the environment or a file says otherwise."""
    if path.exists() or "SECRET_KEY" in os.environ:
        return
    path.touch(mode=0o600)
    path.write_text(f"SECRET_KEY={secrets.token_urlsafe(60)}\nKB_LOCAL=1\n")


def main() -> None:
    """Hand the command line to Django with this project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    if sys.argv[1:2] == ["quickstart"]:  # needs settings before Django can read any
        write_local_env(Path(__file__).resolve().parent / ".env")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as reason:
        sys.exit(f"It cannot start: {reason}")


if __name__ == "__main__":
    main()
