"""Migrations that ask something of the data: an update never stops, and says what it took out."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
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


# Roles

ROLES = ("Contributors", "Editors", "Publishers", "Administrators")


def make_groups() -> None:
    import_module("practices.migrations.0008_roles").make_groups(apps, SimpleNamespace(connection=connection))


def holder(name: str, *codenames: str, **fields: bool) -> User:
    """Return a user of before the roles, with permissions."""
    user = User.objects.create_user(name, **{"is_staff": True, **fields})
    for codename in codenames:
        kind = ContentType.objects.get_for_model(kb.Practice)
        user.user_permissions.add(Permission.objects.get_or_create(codename=codename, content_type=kind)[0])
    return user


def test_who_could_change_records_becomes_a_publisher_and_others_are_named(caplog: pytest.LogCaptureFixture) -> None:
    Group.objects.filter(name__in=ROLES).delete()
    edgar = holder("edgar", "change_practice", "view_practice")
    vera = holder("vera", "view_practice")
    former = holder("fired", "change_practice", is_staff=False)
    make_groups()
    assert set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True)) == set(ROLES)
    assert [group.name for group in edgar.groups.all()] == ["Publishers"]
    assert not vera.groups.exists()
    assert not former.groups.exists()
    assert caplog.messages == ["vera has permissions, but no role: an administrator may give one."]
    assert edgar.user_permissions.count() == 2


def test_a_group_that_had_the_name_of_a_role_gives_nobody_that_role(caplog: pytest.LogCaptureFixture) -> None:
    Group.objects.filter(name__in=ROLES).exclude(name="Administrators").delete()
    members = Group.objects.get(name="Administrators").user_set
    members.add(User.objects.create_user("anna"))
    make_groups()
    assert not User.objects.filter(groups__name="Administrators").exists()
    assert User.objects.get(groups__name="Administrators (before roles)").username == "anna"
    assert "Administrators (before roles)" in caplog.messages[0]


def test_taken_back_and_done_again_roles_stay_as_they_were() -> None:
    ada = User.objects.create_user("ada")
    ada.groups.add(Group.objects.get(name="Administrators"))
    make_groups()
    assert ada.groups.get().name == "Administrators"
