"""`tend`: every task is done, whatever becomes of the others."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from practices.curation import tending
from practices.models import ContentCheck, SearchMiss

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Settings) -> None:
    """Keep what is at work in a folder of the test."""
    settings.KB_PRIVATE = tmp_path / "private"


def tend(*arguments: str) -> str:
    out = StringIO()
    call_command("tend", *arguments, stdout=out)
    return out.getvalue()


def test_every_task_says_what_it_did() -> None:
    said = tend()
    assert [line.partition(":")[0] for line in said.splitlines()] == list(tending.TASKS)
    assert ContentCheck.objects.count() == 1


def test_without_a_log_and_without_leave_nothing_is_counted_and_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tending, "check_links", None)
    said = tend("--only", "searches", "--only", "links")
    assert said == "searches: left out: no --log\nlinks: left out: KB_LINK_CHECK is off\n"


def test_links_are_asked_where_the_operator_allows_it(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.KB_LINK_CHECK = True
    monkeypatch.setattr(tending, "check_links", lambda: (7, 2))
    assert tend("--only", "links") == "links: 7 asked, 2 without an answer\n"


def test_a_task_that_fails_is_named_and_keeps_no_other_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(given: tending.Given) -> str:
        raise RuntimeError("out of order")

    done: list[str] = []
    tasks = {"first": broken, "second": lambda given: done.append("second") or "done"}
    for where in ("practices.management.commands.tend.TASKS", "practices.curation.tending.TASKS"):
        monkeypatch.setattr(where, tasks)
    with pytest.raises(CommandError, match="first") as failure:
        tend()
    assert failure.value.returncode == 1
    assert done == ["second"]
    assert "out of order" in caplog.text


def test_the_log_is_read_from_a_file(tmp_path: Path) -> None:
    entry = {"name": "practices.searches", "query": "quokka", "found": 0, "after": ""}
    days = [{**entry, "asctime": f"2025-11-0{day} 10:00:00,000"} for day in (1, 2, 3)]
    (tmp_path / "log").write_text("\n".join(map(json.dumps, days)))
    assert "1 search" in tend("--only", "searches", "--log", str(tmp_path / "log"))
    assert SearchMiss.objects.get().query == "quokka"


@pytest.mark.parametrize("path", ["/no/such/log", "/"])
def test_a_log_that_cannot_be_read_is_refused_in_one_line(path: str) -> None:
    with pytest.raises(CommandError, match="Cannot read") as failure:
        tend("--log", path)
    assert failure.value.returncode == 2
