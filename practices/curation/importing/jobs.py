"""Imports that a page starts and follows: each is a private folder with its files, what was chosen, and how far it is.

The work is done by the command `import_records`, in a process of its own that no request waits for. While it works, it
holds a lock on the folder: where the lock is free and no end is noted, the process was ended, and nothing was written.
"""

import json
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from practices.curation import processes
from practices.curation.importing.planned import Choices
from practices.curation.importing.report import ImportReport

#: seconds after which an import is forgotten, and in which its process must have begun
KEPT, BEGINS = 24 * 60 * 60, 30
TOKEN = re.compile(r"[0-9a-f]{32}")


class Step(models.TextChoices):
    """How far an import is."""

    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    WRITING = "writing", _("being written")
    WRITTEN = "written", _("written")
    REFUSED = "refused", _("refused")
    STOPPED = "stopped", _("stopped before its end")


@dataclass
class Status:
    """What a process says of its import: how far it is, what it found, in words where it could not go on."""

    step: str = Step.CHECKING
    done: int = 0
    total: int = 0
    message: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    operation: int | None = None
    at: float = field(default_factory=time.time)

    @property
    def label(self) -> str:
        """The step in words."""
        return str(Step(self.step).label)

    @property
    def is_running(self) -> bool:
        """Whether its process is to be at work."""
        return self.step in (Step.CHECKING, Step.WRITING)

    @property
    def has_begun(self) -> bool:
        """Whether its process said anything yet, or had the time to."""
        return bool(self.total) or time.time() - self.at > BEGINS


@dataclass(frozen=True)
class Job:
    """One import in its folder."""

    token: str
    user: int
    #: what its files were called, in the order of their numbers in the folder
    names: tuple[str, ...]
    begun: float
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where all of it is."""
        return root() / self.token

    @property
    def title(self) -> str:
        """What it is called: its files."""
        return ", ".join(self.names)

    @property
    def choices(self) -> Choices:
        """What the curator chose for what the files leave open."""
        return Choices(self.columns, self.values)

    @property
    def files(self) -> list[tuple[Path, str]]:
        """The files with what they were called."""
        return [(self.folder / f"{number}.file", name) for number, name in enumerate(self.names)]

    @property
    def status(self) -> Status:
        """How far it is; stopped where its process is no more."""
        status = self._noted()
        if status.is_running and status.has_begun and not self.is_locked():
            status = self._noted()  # its end may have come in between
            if status.is_running:
                status.step = Step.STOPPED
        return status

    def _noted(self) -> Status:
        return Status(**_read(self.folder / "status.json"))

    @property
    def report(self) -> ImportReport | None:
        """What was found when it was last checked, or written."""
        report = self.status.report
        return ImportReport.of_json(report) if report else None

    def note(self, status: Status) -> None:
        """Write down how far it is."""
        _write(self.folder / "status.json", asdict(status))

    def chosen(self, columns: dict[str, dict[str, str]], values: dict[str, dict[str, str]]) -> "Job":
        """Return it with what a curator chose, over what was chosen before."""
        both = [{**self.columns}, {**self.values}]
        for old, new in zip(both, (columns, values), strict=True):
            for name, texts in new.items():
                old[name] = {**old.get(name, {}), **texts}
        job = Job(self.token, self.user, self.names, self.begun, *both)
        _write(job.folder / "job.json", asdict(job))
        return job

    def start(self, *, dry_run: bool) -> None:
        """Start the process that checks it, or also writes it, and do not wait for it."""
        self.note(Status(Step.CHECKING if dry_run else Step.WRITING))
        processes.start(self.folder, "import_records", "--job", self.token, *(["--dry-run"] if dry_run else []))

    def at_work(self) -> AbstractContextManager[bool]:
        """Hold the lock of the import while this process works on it; gives whether no other process does."""
        return processes.at_work(self.folder)

    def is_locked(self) -> bool:
        """Whether a process is at work on it."""
        return processes.is_at_work(self.folder)

    def remove(self) -> None:
        """Forget it with its files."""
        shutil.rmtree(self.folder, ignore_errors=True)


def root() -> Path:
    """Return the folder of all imports, which nobody else than the site's own user may open."""
    return processes.private_folder("imports")


def begin(files: Sequence[UploadedFile], user: int) -> Job:
    """Keep files that were sent as a new import; nothing is started."""
    names = tuple(str(file.name)[:120] for file in files)
    job = Job(secrets.token_hex(16), user, names, time.time())
    job.folder.mkdir(mode=0o700)
    for (path, _name), file in zip(job.files, files, strict=True):
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
    _write(job.folder / "job.json", asdict(job))
    job.note(Status())
    return job


def find(token: str) -> Job | None:
    """Return an import by its token, None where there is none, or no longer."""
    if not TOKEN.fullmatch(token):
        return None
    data = _read(root() / token / "job.json")
    return Job(**{**data, "names": tuple(data["names"])}) if data else None


def of_user(user: int) -> list[Job]:
    """Return the imports of a user, the latest first."""
    jobs = (find(folder.name) for folder in root().iterdir())
    return sorted((job for job in jobs if job and job.user == user), key=lambda job: job.begun, reverse=True)


def remove_old() -> int:
    """Forget every import that is over a day old; returns how many were."""
    jobs = {folder: find(folder.name) for folder in root().iterdir()}
    begun = {folder: job.begun if job else folder.stat().st_mtime for folder, job in jobs.items()}
    old = [folder for folder, date in begun.items() if time.time() - date > KEPT]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _read(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return data


def _write(path: Path, data: dict[str, Any]) -> None:
    """Write a file as a whole or not at all, so that nobody reads a part of it."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(data), encoding="utf-8")
    temporary.chmod(0o600)
    temporary.replace(path)
