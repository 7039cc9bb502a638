"""Migrations that ask something of the data: an update never stops, and says what it took out."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from practices import models as kb
from tests import factories
from tests.databases import unchecked

pytestmark = pytest.mark.django_db

possible_values = import_module("practices.migrations.0006_possible_values")


def clear() -> None:
    possible_values.clear_impossible(apps, SimpleNamespace(connection=connection))


def test_the_collection_is_left_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    clear()
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("model", "fields", "possible", "words"),
    [
        ("practice", {"year_start": 20006}, {"year_start": None}, "first year 20006"),
        ("practice", {"year_end": 201}, {"year_end": None}, "last year 201"),
        ("practice", {"status_year": 0}, {"status_year": None}, "year of the report that says so 0"),
        ("source", {"year": 1}, {"year": 1000}, "year of publication 1"),
        ("source", {"reported_year": 9999}, {"reported_year": 2200}, "reports as of 9999"),
        ("event", {"starts": "0000"}, {"starts": ""}, "first day 0000"),
        ("event", {"ends": "summer"}, {"ends": ""}, "last day summer"),
        (
            "event",
            {"starts": "2006-07-12", "ends": "2006-07-11"},
            {"starts": "2006-07-12", "ends": ""},
            "first day 2006-07-12, last day 2006-07-11",
        ),
    ],
    ids=str,
)
def test_what_the_database_takes_no_longer_is_taken_out_and_named(
    caplog: pytest.LogCaptureFixture, model: str, fields: dict[str, Any], possible: dict[str, Any], words: str
) -> None:
    record = getattr(factories, f"make_{model}")()
    with unchecked():
        type(record)._default_manager.filter(pk=record.pk).update(**fields)
        clear()
    record.refresh_from_db()
    assert {name: getattr(record, name) for name in possible} == possible
    [message] = caplog.messages
    assert f"{record.ref}: {words} cannot be" in message


def test_a_row_is_named_by_its_practice(caplog: pytest.LogCaptureFixture) -> None:
    row = kb.Outcome.objects.create(practice=factories.make_practice(), statement="It grew.")
    with unchecked():
        kb.Outcome.objects.filter(pk=row.pk).update(as_of=20006)
        clear()
    assert f"outcome of {row.practice.ref}: as of (year) 20006" in caplog.messages[0]
