"""The desk: links that do not answer, and what is known of links at all."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

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


@pytest.mark.once
def test_the_desk_says_whether_links_are_asked_at_all_and_when_they_were(
    curator_client: Client, settings: Settings
) -> None:
    def said(*, is_on: bool) -> str:
        settings.KB_LINK_CHECK = is_on
        links = section(curator_client, "dead-links")
        assert bool(links.buttons) == is_on
        return f"{links.nothing} {links.note}"

    assert "not known" in said(is_on=False) and "operator can turn that on" in said(is_on=False)
    assert "not known" in said(is_on=True) and "No link was asked yet" in said(is_on=True)
    kb.LinkCheck.objects.create(url="https://fine.example/", status=200, checked=timezone.now())
    assert "answered. Last asked" in said(is_on=True)
    assert "answered. Last asked" in said(is_on=False) and "turned that off" in said(is_on=False)
