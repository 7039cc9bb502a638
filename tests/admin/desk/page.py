"""The desk as its tests look at it."""

from datetime import date

from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.admin.desk import DeskSection
from practices.curation.roles import Role, give_role
from tests.conftest import HttpsClient, logged_in
from tests.factories import Record

DESK = "/admin/"


def section(client: Client, name: str) -> DeskSection:
    """Return a section as the desk shows it."""
    return next(section for section in client.get(DESK).context["sections"] if section.name == name)


def listed(client: Client, url: str) -> list[Model]:
    """Return the records of a list in the admin."""
    response = client.get(url)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def edited(client: Client, record: Record, user: User, **fields: object) -> Record:
    """Sign a record's history with a user, as if they had added it."""
    record.history.update(history_user=user)
    for name, value in fields.items():
        setattr(record, name, value)
    record._history_user = user
    record.save()
    return record


def browser_of(role: Role | None, name: str = "rita") -> Client:
    """Return the browser of somebody of the staff with this role."""
    user = User.objects.create_user(name, password="a-long-pass-phrase", is_staff=True)
    give_role(user, role)
    return logged_in(HttpsClient(), user)


def miss(query: str, **fields: object) -> kb.SearchMiss:
    """Make a search without success."""
    return kb.SearchMiss.objects.create(query=query, last_day=date(2026, 11, 30), days=3, **fields)
