"""The desk: what is checked again beside the request, and followed on the page."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from practices import models as kb
from practices.admin.desk.checks import CHECKS
from practices.curation import processes, tending
from tests.admin.desk.page import DESK, browser_of, section
from tests.forms import messages

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def started(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return the commands that pages start, which are not started."""
    settings.KB_PRIVATE, settings.KB_LINK_CHECK = tmp_path / "private", True
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(processes, "start", lambda _folder, *arguments: commands.append(arguments))
    monkeypatch.setattr(processes, "TRIES", 0)
    return commands


@pytest.mark.parametrize("task", CHECKS)
def test_a_check_is_started_once_beside_the_request_and_followed_until_it_is_done(
    curator_client: Client, started: list[tuple[str, ...]], task: str
) -> None:
    place = CHECKS[task].section
    [button] = section(curator_client, place).buttons
    assert button.label == "Check now", "not again: nobody has checked it yet"
    response = curator_client.post(button.url, follow=True)
    assert response.redirect_chain[-1][0] == f"{DESK}#{place}"
    assert started == [("tend", "--only", task)]
    running = section(curator_client, place)
    assert running.is_running and not running.buttons and "being checked now" in running.note
    html = curator_client.get(DESK).content.decode()
    assert f'id="{place}-note"' in html and html.count("data-running") == 1
    assert "js/admin/follow.js" in html and 'http-equiv="refresh"' in html
    assert "already" in messages(curator_client.post(button.url, follow=True))
    assert len(started) == 1
    call_command(*started[0], verbosity=0)
    assert not section(curator_client, place).is_running
    assert "data-running" not in curator_client.get(DESK).content.decode()


def test_a_check_that_was_ended_is_told_and_can_be_started_again(
    curator_client: Client, monkeypatch: pytest.MonkeyPatch, started: list[tuple[str, ...]]
) -> None:
    again = reverse("admin:check_again", args=["content"])
    curator_client.post(again)
    monkeypatch.setattr(tending, "BEGINS", -1)
    stopped = section(curator_client, "falls-short")
    assert "ended before it was done" in stopped.note and len(stopped.buttons) == 1
    curator_client.post(again)
    assert len(started) == 2


def test_what_a_timer_checks_is_followed_too_and_nobody_checks_it_twice(curator_client: Client) -> None:
    with processes.at_work(processes.private_folder("tend/content")):
        assert section(curator_client, "falls-short").is_running
        assert "already" in tending.run("content", tending.Given())
    assert kb.ContentCheck.objects.count() == 0


def test_a_check_needs_a_post_a_task_that_there_is_and_the_right_to_see_what_it_shows(
    curator_client: Client, settings: Settings, started: list[tuple[str, ...]]
) -> None:
    for task in CHECKS:
        again = reverse("admin:check_again", args=[task])
        assert curator_client.get(again).status_code == 405
        assert browser_of(None, f"nobody-{task}").post(again).status_code == 403
    assert curator_client.post(reverse("admin:check_again", args=["sessions"])).status_code == 404
    settings.KB_LINK_CHECK = False
    assert curator_client.post(reverse("admin:check_again", args=["links"])).status_code == 404
    assert started == []
