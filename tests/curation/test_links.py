"""Dead links: which addresses are asked, how they answer, and that none leads inside. Asked on this machine only."""

import ipaddress
import socket
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.utils import timezone

from practices import models as kb
from practices.curation import links
from practices.curation.links import Guard
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LOOPBACK = Guard(allowed=(ipaddress.ip_network("127.0.0.0/8"),))


class Site(BaseHTTPRequestHandler):
    """Answers with the status that the path names; /no-head/… knows GET only; /to?ADDRESS redirects there."""

    asked: list[str] = []

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
        elif self.path.startswith("/no-head/"):
            self.send_response(200 if self.command == "GET" else 405)
        else:
            self.send_response(int(self.path.strip("/").partition("/")[0]))
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve a site on this machine; returns its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "status", "problem"),
    [
        ("/200", 200, ""),
        ("/200/with spaces and ü?a=b#c", 200, ""),
        ("/no-head/report", 200, ""),
        ("/404", 404, "not found"),
        ("/410", 410, "not found"),
        ("/403", 403, ""),
        ("/503", 503, ""),
        ("/to?/200", 200, ""),
        ("/to?/404", 404, "not found"),
        ("/to?/to?/to?/to?/to?/to?/to?/to?/200", None, "too many redirects"),
        ("/to?ftp://127.0.0.1/", None, "not a web address"),
        ("/to?http://10.0.0.1/", None, "not a public address"),
    ],
)
def test_an_address_says_whether_it_is_there(site: str, path: str, status: int | None, problem: str) -> None:
    assert links.ask(site + path, LOOPBACK) == links.Answer(status, problem)


def test_a_host_that_does_not_answer_is_a_problem() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert links.ask(f"http://127.0.0.1:{port}/", LOOPBACK).problem == "no answer"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://0.0.0.0/", "http://10.1.2.3/", "http://192.168.0.1/"),
        *("http://172.16.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://[::1]/"),
        *("http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/"),
        *("http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://224.0.0.1/", "http://[2002:7f00:1::]/"),
    ],
)
def test_no_address_inside_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("something was asked")

    monkeypatch.setattr("socket.create_connection", never)
    assert links.ask(url, Guard()).problem in ("not a public address", "no such host")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//example.org/",
        "http://",
        "https://a:b@example.org/",
    ],
)
def test_only_web_addresses_are_asked(url: str) -> None:
    assert links.ask(url, LOOPBACK).problem == "not a web address"


def test_a_host_with_one_inner_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(links.NotAsked):
        Guard().address_of("two.example", 80, "http")


def test_a_public_host_is_asked_on_the_usual_ports_only(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: found)
    assert Guard().address_of("one.example", 443, "https") == "93.184.216.34"
    for port in (22, 6379, 8080, 443):
        with pytest.raises(links.NotAsked):
            Guard().address_of("one.example", port, "http")


def test_links_are_checked_once_a_week_and_dead_ones_each_time(site: str) -> None:
    kb.Source.objects.update(url="")
    fine, dead = factories.make_source(url=f"{site}/200"), factories.make_source(url=f"{site}/404")
    factories.make_source(url=f"{site}/200/archived", state=kb.State.ARCHIVED)
    pauses: list[float] = []
    assert links.check_links(LOOPBACK, pauses.append) == (2, 1)
    assert len(pauses) == 1 and 0 < pauses[0] <= links.PAUSE
    since = kb.LinkCheck.objects.get(url=dead.url).since
    assert since
    assert links.check_links(LOOPBACK, pauses.append) == (1, 1)
    assert kb.LinkCheck.objects.get(url=dead.url).since == since
    kb.LinkCheck.objects.filter(url=fine.url).update(checked=timezone.now() - timedelta(days=8))
    assert links.check_links(LOOPBACK, pauses.append) == (2, 1)


def test_a_link_that_answers_again_and_one_that_nobody_names_are_no_problem_any_more(site: str) -> None:
    kb.Source.objects.update(url="")
    source = factories.make_source(url=f"{site}/404")
    links.check_links(LOOPBACK, lambda _seconds: None)
    source.url = f"{site}/200"
    source.save()
    links.check_links(LOOPBACK, lambda _seconds: None)
    check = kb.LinkCheck.objects.get()
    assert (check.url, check.problem, check.since) == (source.url, "", None)
