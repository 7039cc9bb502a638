"""Headers of every kind of answer (docs/quality.md, H1, H2, H6, H7)."""

import gzip

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import sitemap

pytestmark = pytest.mark.django_db

#: an address of each kind of answer, and its status
ANSWERS = {
    "page": ("/practices/", 200),
    "export": ("/practices.csv?q=language", 200),
    "health": ("/livez", 200),
    "not found": ("/no-such-page/", 404),
    "login": ("/admin/login/", 200),
}


@pytest.mark.parametrize(("url", "status"), ANSWERS.values(), ids=ANSWERS)
def test_h1_every_answer_carries_the_headers_that_protect_a_reader(client: Client, url: str, status: int) -> None:
    response = client.get(url)
    assert response.status_code == status
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Server" not in response.headers


def test_plain_http_is_sent_to_https() -> None:
    response = Client().get("/practices/")
    assert response.status_code == 301
    assert response.headers["Location"].startswith("https://")


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", "/admin/practices/practice/"])
def test_h2_the_admin_is_never_cached(client: Client, curator_client: Client, url: str) -> None:
    for browser in (Client(), curator_client):
        response = browser.get(url, secure=True)
        assert "no-store" in response.headers["Cache-Control"]
        assert "private" in response.headers["Cache-Control"]


def test_h2_a_curator_who_is_logged_in_gets_the_same_page_as_everyone(client: Client, curator_client: Client) -> None:
    from tests.conftest import HttpsClient

    for url in sitemap.one_of_each():
        if sitemap.has_form(url):
            continue
        assert sitemap.body(curator_client.get(url)) == sitemap.body(HttpsClient().get(url)), url


@pytest.mark.parametrize("url", ["/", "/practices/?q=language", "/practices.csv", "/practices.json", "/no-such-page/"])
def test_what_is_public_is_compressed_to_the_same_bytes_each_time(client: Client, url: str) -> None:
    answers = [client.get(url, headers={"accept-encoding": "gzip, br"}) for _ in range(2)]
    packed = [b"".join(answer) for answer in answers]  # an export comes in pieces
    assert answers[0].headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answers[0].headers["Vary"]
    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]).decode() == sitemap.body(client.get(url))


@pytest.mark.parametrize("url", ["/admin/login/", "/admin/"])
def test_the_admin_is_not_compressed_as_its_length_could_give_secrets_away(curator_client: Client, url: str) -> None:
    response = curator_client.get(url, headers={"accept-encoding": "gzip"}, follow=True)
    assert response.status_code == 200
    assert "Content-Encoding" not in response.headers


def test_h6_trace_is_not_answered(client: Client) -> None:
    assert client.trace("/").status_code == 405


def test_h7_error_pages_say_nothing_of_what_is_inside(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("SELECT secret FROM /srv/kb")

    monkeypatch.setattr("practices.pages.practice_list.Results", broken)
    client.raise_request_exception = False
    response = client.get("/practices/")
    assert response.status_code == 500
    for word in ("secret", "Traceback", "/srv", "RuntimeError", "Django", "SELECT"):
        assert word not in response.content.decode()
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_database_that_does_not_answer_gives_a_friendly_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(*args: object) -> None:
        raise OperationalError("could not connect to server at 10.0.0.1")

    monkeypatch.setattr("practices.pages.practice_list.Results", away)
    client.raise_request_exception = False
    response = client.get("/practices/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "10.0.0.1" not in response.content.decode()


def test_livez_asks_nothing_of_the_database(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/livez").status_code == 200


def test_readyz_says_that_the_database_is_migrated_and_holds_data(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "missing": []})


def test_readyz_says_what_is_missing(client: Client) -> None:
    from practices.models import DataVersion

    DataVersion.objects.all().delete()
    response = client.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["data"])
    assert "no-store" in response.headers["Cache-Control"]
