"""Migrations that ask something of the data: they name what must be put right first, and change nothing."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection

from practices import models as kb
from tests import factories
from tests.databases import unchecked

pytestmark = pytest.mark.django_db

possible_values = import_module("practices.migrations.0005_possible_values")


def refusal() -> str:
    """Return why the data cannot be migrated, "" where it can."""
    try:
        possible_values.refuse_impossible(apps, SimpleNamespace(connection=connection))
    except CommandError as error:
        return str(error)
    return ""


def outcome() -> kb.Outcome:
    return kb.Outcome.objects.create(practice=factories.make_practice(), statement="It grew.")


def test_the_collection_can_be_migrated() -> None:
    assert refusal() == ""


@pytest.mark.parametrize(
    ("make", "fields", "words"),
    [
        (factories.make_practice, {"year_start": 20006}, "first year: 20006"),
        (factories.make_practice, {"year_end": 201}, "last year: 201"),
        (factories.make_practice, {"status_year": 0}, "year of the report that says so: 0"),
        (factories.make_source, {"year": 1}, "year of publication: 1"),
        (factories.make_source, {"reported_year": 9999}, "reports as of: 9999"),
        (factories.make_event, {"starts": "0000"}, "first day: 0000"),
        (factories.make_event, {"ends": "summer"}, "last day: summer"),
        (factories.make_event, {"starts": "2006-07-12", "ends": "2006-07-11"}, "2006-07-12, last day: 2006-07-11"),
    ],
    ids=str,
)
def test_a_record_that_the_database_takes_no_longer_is_named_with_what_is_wrong(
    make: Any, fields: dict[str, Any], words: str
) -> None:
    record = make()
    with unchecked():
        type(record)._default_manager.filter(pk=record.pk).update(**fields)
        reason = refusal()
    assert f"{record.ref}, {words}" in reason or (record.ref in reason and words in reason)
    assert "nothing was changed" in reason


def test_a_row_is_named_by_its_practice() -> None:
    row = outcome()
    with unchecked():
        kb.Outcome.objects.filter(pk=row.pk).update(as_of=20006)
        assert f"outcome of {row.practice.ref}, as of (year): 20006" in refusal()
