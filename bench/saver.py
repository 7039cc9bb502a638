"""One side of `bench.saving`: a process that saves practices through the form of the admin and says what that took.

Its text runs with Python's `-c` in the folder of either version, so it uses only what both have.
"""

import sys
import time
from hashlib import sha256
from urllib.parse import urlencode

import django
from django.conf import settings

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()

from django.contrib.auth.models import User  # noqa: E402 (models need Django)
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.rivals import answer  # noqa: E402
from practices.models import Practice, State  # noqa: E402
from tests.forms import admin_url, fields_of, form_of  # noqa: E402

client = Client(SERVER_NAME="localhost")


def start(drafts: list[int]) -> str:
    """Log somebody in who may do everything, take some practices back to draft; returns a fingerprint of all."""
    client.force_login(User.objects.create_superuser("bench"), "django.contrib.auth.backends.ModelBackend")
    Practice.objects.filter(pk__in=drafts).update(state=State.DRAFT)
    if connection.vendor == "postgresql":  # autovacuum would have done it by the time that curators come
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    texts = Practice.objects.order_by("pk").values_list("pk", "ref", "title", "summary", "state")
    rows = Practice.objects.order_by().values_list("involvements", "outcomes__statement", "topics", "country_links")
    return sha256(repr([*texts, sorted(map(str, rows))]).encode()).hexdigest()


def save(key: int, edit: str, button: str, counted: bool = False) -> dict[str, float]:
    """Open the form of a practice, change something in it and send it.

    Returns the milliseconds from sending to the answer on the clock and of computing, or how many queries were asked.
    """
    practice = Practice.objects.get(pk=key)
    url, values = admin_url("change", practice), fields_of(client, admin_url("change", practice), form_of(practice))
    EDITS[edit](values)
    body = urlencode({**values, button: ""}, doseq=True)
    if counted:
        with CaptureQueriesContext(connection) as captured:
            sent(url, body)
        return {"queries": len(captured)}
    clock, computing = time.perf_counter(), time.process_time()
    sent(url, body)
    return {"ms": (time.perf_counter() - clock) * 1000, "cpu": (time.process_time() - computing) * 1000}


def sent(url: str, body: str) -> None:
    """Send a form as a browser does, which must be saved."""
    response = client.generic("POST", url, body, "application/x-www-form-urlencoded")
    if response.status_code != 302:
        raise SystemExit(f"{url} answers {response.status_code}: {response.context['errors']}")


def text(values: dict[str, list[str]]) -> None:
    """Change the summary."""
    values["summary"] = [f"{values['summary'][0]} Renewed."]


def text_term_row(values: dict[str, list[str]]) -> None:
    """Change the summary, the terms of one kind and a row."""
    text(values)
    values["target_groups"] = [] if values.get("target_groups") else ["1"]
    values["involvements-0-note"] = ["Renewed"]


EDITS = {"text": text, "text, term and row": text_term_row}


if __name__ == "__main__":
    sys.exit(answer({"start": start, "save": save}))
