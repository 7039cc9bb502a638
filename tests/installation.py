"""The project in a folder of its own, set up there by `quickstart` as newcomers run it, and copies of that."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from tests import databases
from tests.databases import ON_POSTGRES

#: seconds; a run takes ten on a quiet machine
PATIENCE = 400
NOT_COPIED = {
    ".git",
    ".venv",
    ".env",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    "staticfiles",
    "var",
    "node_modules",
}


@dataclass(frozen=True)
class Project:
    """A copy of the project, with nothing of the tests in its environment."""

    folder: Path
    env: dict[str, str]

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a management command in the copy."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.folder,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def ask(self, code: str) -> Any:
        """Run code in the copy; returns what it prints, read as JSON."""
        done = self.run("shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@dataclass(frozen=True)
class Installation:
    """A project in which `quickstart` has run once, in a base folder: what that printed, and its database."""

    base: Path
    database: str

    @property
    def project(self) -> Project:
        return _project(self.base, self.database)

    @property
    def printed(self) -> str:
        return (self.base / "printed").read_text(encoding="utf-8")

    @contextmanager
    def copy(self, base: Path) -> Iterator[Project]:
        """Copy the project, its database and its settings into another folder."""
        shutil.copytree(self.project.folder, _project(base, "").folder)
        if not ON_POSTGRES:  # its database is a file in the folder
            yield _project(base, "")
            return
        with databases.copy(self.database, base) as address:
            yield _project(base, address)


@contextmanager
def installed(base: Path) -> Iterator[Installation]:
    """Copy the project into an empty folder and set it up (20 seconds): the collection that all tests see.

    Its database is the file that it makes by itself, or one more in the tests' cluster.
    """
    with databases.empty(base) as address:
        project = _project(base, address)
        for name in _files():
            (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(settings.BASE_DIR / name, project.folder / name)
        done = project.run("quickstart", "--no-serve")
        assert done.returncode == 0, done.stderr
        (base / "printed").write_text(done.stdout, encoding="utf-8")
        yield Installation(base, address if ON_POSTGRES else f"sqlite:///{project.folder / 'db.sqlite3'}")


def _project(base: Path, database: str) -> Project:
    env = {"PATH": os.environ["PATH"], "HOME": str(base / "home")}
    return Project(base / "home" / "project", {**env, "DATABASE_URL": database} if ON_POSTGRES else env)


def _files() -> list[str]:
    """Return the files of the project: what git knows or would add, or all but caches where this is no checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name and (settings.BASE_DIR / name).is_file()]
    paths = (path.relative_to(settings.BASE_DIR) for path in settings.BASE_DIR.rglob("*") if path.is_file())
    return [str(path) for path in paths if not NOT_COPIED & set(path.parts) and not path.name.startswith("db.sqlite3")]
