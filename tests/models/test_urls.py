"""Addresses depend on the prefix under which the site is served, for the request that is being answered only."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import set_script_prefix

from practices import models as kb
from tests import factories

pytestmark = pytest.mark.django_db

PREFIX = "/behind-a-proxy"


@pytest.fixture(autouse=True)
def without_prefix() -> Iterator[None]:
    """Start from nothing that was shown before, and leave no prefix to the next test."""
    factories.publish_all()
    yield
    set_script_prefix("/")


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/practices/",
        "/practices/?q=language",
        "/countries/",
        "/topics/",
        "/findings/",
        "/glossary/",
        "/matrix/",
        "/timeline/",
        "/suggestions.json?q=port",
    ],
)
def test_the_prefix_of_one_request_reaches_no_other_reader(client: Client, url: str) -> None:
    set_script_prefix(PREFIX)  # as a server does for each request; Django's test client does not
    prefixed = client.get(url, SCRIPT_NAME=PREFIX)
    assert prefixed.status_code == 200
    assert f'"{PREFIX}/' in prefixed.content.decode()
    set_script_prefix("/")
    plain = client.get(url)
    assert plain.status_code == 200
    assert PREFIX not in plain.content.decode()


def test_a_record_s_address_has_the_prefix_of_now() -> None:
    practice = kb.Practice.objects.published().first()
    plain = practice.get_absolute_url()
    set_script_prefix(f"{PREFIX}/")
    assert practice.get_absolute_url() == f"{PREFIX}{plain}"
    set_script_prefix("/")
    assert practice.get_absolute_url() == plain
