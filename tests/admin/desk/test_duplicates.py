"""The desk: pairs of records that look like one."""

import pytest
from django.test import Client

from practices.curation import upkeep
from tests import factories
from tests.admin.desk.page import section
from tests.forms import admin_url

pytestmark = pytest.mark.django_db


def test_like_records_stand_there_as_pairs(curator_client: Client) -> None:
    first = factories.make_stakeholder(name="Zorble Agency of Quix", country="PT")
    second = factories.make_stakeholder(name="Zorble Agency of Quixx", country="PT")
    upkeep.check_content()
    [line] = [line for line in section(curator_client, "maybe-twice").lines if second.ref in line.label]
    assert first.ref in line.label
    assert line.url == admin_url("change", second)
