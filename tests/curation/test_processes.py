"""Commands beside a request: started and not waited for; who is at work is seen by others."""

import time
from pathlib import Path

import pytest
from pytest_django import Settings

from practices.curation import processes

pytestmark = pytest.mark.once


def test_a_command_is_done_by_a_process_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KB_PRIVATE = tmp_path / "private"
    folder = processes.private_folder("some/work")
    assert folder.stat().st_mode & 0o077 == 0
    processes.start(folder, "version")
    deadline = time.monotonic() + 60
    while not (said := (folder / "log").read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert said.count(".") == 2, said


def test_one_is_at_work_at_a_time_and_others_see_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "TRIES", 0)
    assert not processes.is_at_work(tmp_path)
    with processes.at_work(tmp_path) as free:
        assert free and processes.is_at_work(tmp_path)
        with processes.at_work(tmp_path) as second:
            assert not second
    assert not processes.is_at_work(tmp_path)
    assert not processes.is_at_work(tmp_path / "gone")
