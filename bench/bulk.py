"""How long it takes to withdraw, to re-tag and to propose a term for 1,000 records, and how long others wait meanwhile.

`python -m bench.bulk [--size N]` makes N published practices (5,000) beside the real ones in a scratch database on
SQLite and on PostgreSQL. A curator chooses 1,000 of them and acts by the admin's pages, asked and confirmed; another
process logs in and saves all the while. Exits with 1 where a target is missed.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bench.pages import command, databases, environment, say, table

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

#: seconds for an act on so many records, and how many of the answers to others may be errors
MOST_SECONDS, RECORDS, MOST_ERRORS = 5.0, 1000, 0


def main() -> int:
    """Measure, print a table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--size", type=int, default=5000, help="how many practices to make (5,000)")
    parser.add_argument("--act", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--visit", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.act or options.visit:
        print(json.dumps(act(options.act) if options.act else visit(options.visit)))
        return 0
    lines, held = [], True
    for database, address in databases():
        found = run(database, address, options.size)
        held = held and max(found["acts"].values()) <= MOST_SECONDS and found["errors"] <= MOST_ERRORS
        for name, seconds in found["acts"].items():
            lines.append([database, name, f"{seconds:.1f}"])
        for name in ("log in", "save"):
            lines.append(
                [
                    database,
                    f"another: {name}, {found[name]['times']} times, the slowest",
                    f"{found[name]['slowest']:.1f}",
                ]
            )
    table(f"{RECORDS:,} of {options.size:,} practices at once", ["Database", "What", "seconds"], lines)
    print(f"\nTarget: an act ≤ {MOST_SECONDS:.0f} s, no error for others: {'held' if held else 'not held'}.")
    return 0 if held else 1


def run(database: str, address: str, size: int) -> dict[str, Any]:
    """Return what was measured on one database, empty at first."""
    env = environment(address, "/nonexistent")
    say(f"{database}: {size:,} made-up practices")
    command(env, "manage.py", "migrate", "--verbosity", "0")
    command(env, "manage.py", "load_fixtures")
    command(env, "-m", "bench.synthetic", str(size), "--into-real")
    return measured(env)


def measured(env: dict[str, str]) -> dict[str, Any]:
    """Return what the two processes measured that work at the same time."""
    with TemporaryDirectory() as folder:
        signs = Path(folder)
        visitor = subprocess.Popen(
            [sys.executable, "-m", "bench.bulk", "--visit", str(signs)], env=env, stdout=subprocess.PIPE, text=True
        )
        try:
            acts = json.loads(command(env, "-m", "bench.bulk", "--act", str(signs)))
        finally:
            (signs / "done").touch()
            others, _errors = visitor.communicate(timeout=60)
        return {"acts": acts, **json.loads(others)}


def act(signs: Path) -> dict[str, float]:
    """Withdraw, re-tag and propose a term by the admin's pages, each undone, and approve as many edits as a page shows.

    Return the seconds of each, both requests included.
    """
    client, another, kb = browser("actor"), browser("another"), _models()
    from django.conf import settings

    from practices.admin.lists import approval

    while not (signs / "ready").exists():
        time.sleep(0.1)
    chosen = list(kb.Practice.objects.published().order_by("-pk").values_list("pk", flat=True)[:RECORDS])
    topic = kb.Topic.objects.order_by("pk").last()
    add = {"action": "retag", "term": f"topics:{topic.pk}", "way": "add"}
    seconds = {
        "withdraw": _act(client, chosen, action="withdraw"),
        "undo it": _undo(client, kb),
        "add a topic": _act(client, chosen, **add),
        "undo that": _undo(client, kb),
    }
    settings.REVIEW = "required"
    seconds["propose a topic"] = _act(client, chosen, **add)
    seconds["undo the edits"] = _undo(client, kb)
    shown = chosen[: approval.MOST]
    _act(client, shown, **add)
    seconds[f"approve {len(shown)} edits"] = _act(another, shown, action="approve_edits")
    return seconds


def _act(client: "Client", chosen: list[int], **data: str) -> float:
    start = time.perf_counter()
    for confirmed in ({}, {"confirmed": "yes"}):
        response = client.post("/admin/practices/practice/", {**data, "_selected_action": chosen, **confirmed})
        expect(response.status_code == (302 if confirmed else 200), f"answered {response.status_code}")
    return time.perf_counter() - start


def _undo(client: "Client", kb: ModuleType) -> float:
    start = time.perf_counter()
    operation = kb.Operation.objects.defer("changes").first()
    client.post(f"/admin/practices/operation/{operation.pk}/undo/")
    seconds = time.perf_counter() - start
    operation.refresh_from_db(fields=["undone_at"])
    expect(operation.undone_at is not None, f"not undone: {operation}")
    return seconds


def expect(held: bool, otherwise: str) -> None:
    """Stop the bench where something did not go as it should."""
    if not held:
        sys.exit(otherwise)


def visit(signs: Path) -> dict[str, Any]:
    """Log in and save a term again and again until the others are done; return how often, and the slowest of each."""
    client, kb = browser("visitor"), _models()
    from django.contrib.sessions.backends.base import UpdateError
    from django.db import OperationalError

    from tests.conftest import logged_in
    from tests.forms import admin_url, fields_of, form_of

    user = _user("visitor")
    ring = kb.SynonymRing.objects.create(code="bench", words=["zorble", "quixwhist"])
    times: dict[str, list[float]] = {"log in": [], "save": []}
    errors = 0
    (signs / "ready").touch()
    while not (signs / "done").exists():
        start = time.perf_counter()
        try:
            logged_in(client, user)
        except (OperationalError, UpdateError):  # who logs in is told that the site cannot answer now
            errors += 1
            continue
        finally:
            times["log in"].append(time.perf_counter() - start)
        values = fields_of(client, admin_url("change", ring), form_of(ring)) | {"note": [str(start)]}
        start = time.perf_counter()
        response = client.post(admin_url("change", ring), values)
        times["save"].append(time.perf_counter() - start)
        errors += response.status_code != 302
        time.sleep(0.05)
    return {"errors": errors, **{name: {"times": len(all), "slowest": max(all)} for name, all in times.items()}}


def browser(name: str) -> "Client":
    """Return the browser of somebody who may do everything, logged in."""
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    from tests.conftest import HttpsClient, logged_in

    return logged_in(HttpsClient(raise_request_exception=False, SERVER_NAME="kb.example.org"), _user(name))


def _user(name: str) -> "User":
    from django.contrib.auth.models import User

    return User.objects.filter(username=name).first() or User.objects.create_superuser(name)


def _models() -> ModuleType:
    from practices import models

    return models


if __name__ == "__main__":
    sys.exit(main())
