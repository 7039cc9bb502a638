"""Behind a proxy the client's address is right, and nobody else can say that it is another."""

import ipaddress
import os
import subprocess
import sys

import pytest
from axes.models import AccessAttempt
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from kb.proxy import check_legacy_setting, client_address, parse_proxies, trusted_proxy
from tests.conftest import ROOT

PROXIES = parse_proxies(["10.0.0.1", "192.168.0.0/16", "fd00::/8"])


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 192.168.3.4", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, <script>", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("fd00::5", "2001:DB8::1", "2001:db8::1"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxy(remote: str, forwarded: str, client: str) -> None:
    assert client_address(remote, forwarded, PROXIES) == client


def test_a_socket_is_trusted_where_the_setting_says_so() -> None:
    assert client_address("", "198.51.100.7", parse_proxies(["unix"])) == "198.51.100.7"


def seen(settings: Settings, remote: str, **headers: str) -> tuple[str, str, str]:
    """Return (address, scheme, host) of a request as the site sees it."""
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    found: list[tuple[str, str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append((request.META["REMOTE_ADDR"], request.scheme, request.get_host()))
        assert not [name for name in request.META if name.startswith("HTTP_X_FORWARDED") or name == "HTTP_FORWARDED"]
        return HttpResponse()

    trusted_proxy(view)(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))
    return found[0]


FORWARDED = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https", "x-forwarded-host": "kb.example.org"}


def test_address_scheme_and_host_are_taken_from_a_trusted_proxy(settings: Settings) -> None:
    assert seen(settings, "10.0.0.1", **FORWARDED) == ("198.51.100.7", "https", "kb.example.org")


def test_nobody_else_is_believed(settings: Settings) -> None:
    forged = {**FORWARDED, "forwarded": "for=198.51.100.7", "x-real-ip": "198.51.100.7"}
    assert seen(settings, "203.0.113.9", **forged) == ("203.0.113.9", "http", "testserver")


def test_what_the_client_wrote_before_the_proxy_did_is_not_believed(settings: Settings) -> None:
    forged = {name: f"evil.example, {value}" for name, value in FORWARDED.items()}
    assert seen(settings, "10.0.0.1", **forged) == ("198.51.100.7", "https", "kb.example.org")


@pytest.mark.django_db
def test_h4_behind_a_proxy_each_client_is_locked_out_alone(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = parse_proxies(["127.0.0.1"])

    def fail(address: str, forged: str = "") -> int:
        headers = {"x-forwarded-for": f"{forged}{address}"}
        return client.post("/admin/login/", {"username": "steve", "password": "wrong"}, headers=headers).status_code

    assert [fail("198.51.100.7", f"203.0.113.{n}, ") for n in range(5)][-1] == 429
    assert fail("198.51.100.8") == 200
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"198.51.100.7", "198.51.100.8"}


def test_the_setting_of_before_is_warned_of(settings: Settings) -> None:
    assert check_legacy_setting() == []
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    [warning] = check_legacy_setting()
    assert "KB_TRUSTED_PROXY" in warning.hint


@pytest.mark.parametrize("value", ["proxy.example.org", "10.0.0.1/8", "*", "10.0.0"])
def test_a_value_that_is_no_proxy_stops_the_start(value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_proxies([value])


def test_a_network_is_a_proxy_and_an_empty_part_is_nothing() -> None:
    assert parse_proxies(["10.0.0.0/8", "", " unix "]) == [ipaddress.ip_network("10.0.0.0/8"), "unix"]


def test_the_start_says_what_is_wrong_with_the_setting() -> None:
    env = {"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "kb.example.org"}
    env |= {"DATABASE_URL": "sqlite:///:memory:", "KB_TRUSTED_PROXY": "nginx", "KB_LOCAL": ""}
    command = [sys.executable, "-c", "import kb.settings"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode and "KB_TRUSTED_PROXY" in done.stderr
