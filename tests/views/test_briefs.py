"""The page of a brief and its files."""

import pytest
from django.test import Client

from practices.exports import docx, markdown

pytestmark = pytest.mark.django_db


def test_a_brief_of_what_no_source_names_says_that_this_is_a_gap(client: Client) -> None:
    assert "That is a gap in these reports" in client.get("/brief/?country=SM").content.decode()


def test_files_come_as_attachments_with_their_type(client: Client) -> None:
    for name, kind in (("brief.docx", docx.CONTENT_TYPE), ("brief.md", markdown.CONTENT_TYPE)):
        response = client.get(f"/{name}?country=AU")
        assert response.headers["Content-Type"] == kind
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_page_of_a_brief_leads_to_its_files_and_its_practices(client: Client) -> None:
    html = client.get("/brief/?country=AU").content.decode()
    for target in ("/brief.docx?country=AU", "/brief.md?country=AU", "/practices/?country=AU"):
        assert f'href="{target}"' in html
