"""The timeline as readers get it: everything leads somewhere, the picture says nothing that the list does not."""

import re
from html import unescape

import pytest
from django.test import Client

from practices import models as kb
from practices.pages.timeline import YEAR_SIZE
from tests import factories

pytestmark = pytest.mark.django_db


def html(client: Client, query: str = "") -> str:
    response = client.get(f"/timeline/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_every_entry_leads_to_its_record(client: Client) -> None:
    page = html(client)
    entries = re.findall(r'<li data-kind="\w+">\s*<a href="([^"]+)"', page)
    assert len(entries) == page.count("<li data-kind=") > 20
    for address in entries[::5]:
        assert client.get(address).status_code == 200


def test_practices_reports_and_meetings_are_all_there(client: Client) -> None:
    page = html(client)
    for record in (*kb.Source.objects.published(), *kb.Event.objects.published()):
        assert f'href="{record.get_absolute_url()}"' in page
    for practice in kb.Practice.objects.published().filter(year_start__isnull=False):
        assert f'href="{practice.get_absolute_url()}"' in page


def test_what_has_no_year_comes_last_with_its_number(client: Client) -> None:
    page = html(client)
    number = kb.Practice.objects.published().filter(year_start=None, year_end=None).count()
    assert number > YEAR_SIZE
    group = page.partition('<h2 id="no-year">')[2]
    assert "<h2" not in group
    assert f"All {number} of them" in group
    [address] = re.findall(r'href="(/timeline/\?[^"]*year=unknown[^"]*)"', group)
    assert f"Of {number} practices the sources give no year" in client.get(unescape(address)).content.decode()


def test_the_number_that_ran_in_a_year_leads_to_as_many_practices(client: Client) -> None:
    page = html(client, "?country=AR")
    found = re.findall(r'href="(/practices/\?[^"]*year_from[^"]*)">\s*(\d+) practices? known', page)
    assert found
    for address, number in found:
        answer = client.get(unescape(address).replace("/practices/", "/practices.json")).json()
        assert answer["count"] == int(number), address


def test_the_picture_has_a_text_and_no_style_of_its_own(client: Client) -> None:
    page = html(client)
    assert 'role="img" aria-labelledby="overview-title"' in page
    assert "style=" not in page
    assert page.count("<svg") == page.count("</svg>")


def test_a_timeline_of_nothing_is_a_page_too(client: Client) -> None:
    page = html(client, "?country=AD")
    assert "overview" not in page
    assert "0 practices" in page


def test_one_year_of_many_practices_has_pages(client: Client) -> None:
    crowd = list(kb.Practice.objects.published().by_title()[:101])
    kb.Practice.objects.filter(pk__in=[practice.pk for practice in crowd]).update(year_start=1955, year_end=None)
    factories.publish_all()
    first, second = html(client, "?year=1955"), html(client, "?year=1955&page=2")
    assert crowd[0].get_absolute_url() in first
    assert crowd[-1].get_absolute_url() not in first
    assert crowd[-1].get_absolute_url() in second
