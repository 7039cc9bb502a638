"""The desk: links that do not answer."""

import pytest
from django.test import Client
from django.utils import timezone

from practices import models as kb
from tests import factories
from tests.admin.desk.page import section

pytestmark = pytest.mark.django_db


def test_a_dead_link_is_named_with_its_record(curator_client: Client) -> None:
    source = factories.make_source(url="https://gone.example/report.pdf")
    now = timezone.now()
    kb.LinkCheck.objects.create(url=source.url, status=404, problem="not found", checked=now, since=now)
    kb.LinkCheck.objects.create(url="https://fine.example/", status=200, checked=now)
    [line] = section(curator_client, "dead-links").lines
    assert line.label == source.url and "not found" in line.detail
    response = curator_client.get(line.url)
    assert str(source) in response.content.decode()
    assert [check.url for check in response.context["cl"].result_list] == [source.url]
