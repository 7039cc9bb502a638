#!/usr/bin/env bash
# django-simple-history: `loaddata` leaves no history of a record itself, but one of each of its many-to-many fields.
#
# Django saves fixtures "raw"; django-simple-history passes raw saves over, so one expects that a loaded record has no
# history at all (or, from its documentation, one "created" row). But its handler of m2m_changed does not look whether
# the save was raw: a record that has a many-to-many field in `m2m_fields` gets one row of type "changed" for it, without
# a row "created" before it, without user and without reason; a record whose many-to-many field is empty gets none.
# Who tells "touched by an editor" from "has a history row" takes just those records for edited.
#
# Seen with Django 5.2.19 and django-simple-history 3.13.0, Python 3.11. Source: the output below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "django==5.2.19" "django-simple-history==3.13.0"
cd "$folder"
cat >app.json <<'JSON'
[
 {"model": "shelf.tag", "pk": 1, "fields": {"name": "sea"}},
 {"model": "shelf.book", "pk": 1, "fields": {"title": "With a tag", "tags": [1]}},
 {"model": "shelf.book", "pk": 2, "fields": {"title": "Without", "tags": []}}
]
JSON
mkdir shelf && touch shelf/__init__.py
cat >shelf/models.py <<'PY'
from django.db import models
from simple_history.models import HistoricalRecords


class Tag(models.Model):
    name = models.CharField(max_length=20)


class Book(models.Model):
    title = models.CharField(max_length=20)
    tags = models.ManyToManyField(Tag)
    history = HistoricalRecords(m2m_fields=[tags])
PY
cat >run.py <<'PY'
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "simple_history", "shelf"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()
from django.core.management import call_command

call_command("migrate", run_syncdb=True, verbosity=0)
call_command("loaddata", "app.json", verbosity=0)
from shelf.models import Book

rows = {book.title: [(row.history_type, row.history_change_reason) for row in book.history.all()] for book in Book.objects.all()}
for title, history in rows.items():
    print(f"{title}: {history}")
assert rows == {"With a tag": [("~", None)], "Without": []}, "the behaviour has changed"
PY
"$folder/venv/bin/python" run.py
