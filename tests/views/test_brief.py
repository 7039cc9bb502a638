"""The page of a brief and its files."""

import pytest
from django.test import Client

from practices.exports import OF_BRIEF

pytestmark = pytest.mark.django_db


def test_a_brief_of_what_no_source_names_says_that_this_is_a_gap(client: Client) -> None:
    assert "That is a gap in these reports" in client.get("/brief/?country=SM").content.decode()


def test_files_come_as_attachments_with_their_type_and_name_their_subject(client: Client) -> None:
    assert set(OF_BRIEF) == {"docx", "md"}
    for suffix, to in OF_BRIEF.items():
        response = client.get(f"/brief.{suffix}?country=AU")
        name = f"brief-australia.{suffix}"
        assert response.headers["Content-Type"] == to.content_type
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_search_a_country_and_a_role_are_briefed_by_a_form(client: Client) -> None:
    html = client.get("/brief/?q=language&country=&role=").content.decode()
    form = html.partition('<form class="choose"')[2].partition("</form>")[0]
    for name in ("q", "country", "role"):
        assert f'name="{name}"' in form
    assert 'href="/brief.docx?q=language"' in html


def test_the_page_of_a_brief_leads_to_its_files_and_its_practices(client: Client) -> None:
    html = client.get("/brief/?country=AU").content.decode()
    for target in ("/brief.docx?country=AU", "/brief.md?country=AU", "/practices/?country=AU"):
        assert f'href="{target}"' in html
