"""Whether the addresses that records name still answer. Asked by `manage.py tend` only, where the operator allows it.

An address comes from what somebody typed, so it may lead anywhere: only web addresses are asked, on the usual ports,
at hosts that are public (`Guard`), by the very address that was looked at, within a time limit; each redirect again.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Timer
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.models import CURATED, LinkCheck, State

#: seconds for one step of an answer, and for all of it
STEP, WHOLE = 10, 30
REDIRECTS = 5
#: seconds between two questions to one host
PAUSE = 1.0
#: an address that answered is asked again after so long; one that did not, each time
AGAIN = timedelta(days=7)
#: how many addresses are asked in one run at most
MOST = 500
PORTS = {"http": 80, "https": 443}
REDIRECT = {301, 302, 303, 307, 308}
#: what a server answers that does not know HEAD, or does not like to be asked by a program
ASK_AGAIN = {400, 403, 404, 405, 406, 429, 501, 503}
GONE = {404, 410}
AGENT = "integration-practices link check"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NotAsked(Exception):
    """An address that is not to be asked, with the reason."""


@dataclass(frozen=True)
class Guard:
    """Which hosts may be asked: public ones. `allowed` are networks that may be asked as well, on any port (tests)."""

    allowed: tuple[Network, ...] = ()

    def address_of(self, host: str, port: int, scheme: str) -> str:
        """Return the address at which to ask a host. Raises NotAsked where any of its addresses is not public."""
        try:
            hosts = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except (OSError, UnicodeError) as error:
            raise NotAsked(_("no such host")) from error
        addresses = [ipaddress.ip_address(str(address).partition("%")[0]) for address in sorted(map(str, hosts))]
        for address in addresses:
            if any(address in network for network in self.allowed if network.version == address.version):
                continue
            if not _is_public(address):
                raise NotAsked(_("not a public address"))
            if port != PORTS[scheme]:
                raise NotAsked(_("not the usual port"))
        return str(addresses[0])


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is of the public network, whichever way it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return _is_public(inner)
        if address in ipaddress.ip_network("64:ff9b::/96"):  # an IPv4 address behind a translator
            return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast


# Asking


@dataclass(frozen=True)
class Answer:
    """How an address answered: its status, None where there was none, and what is wrong, "" where nothing is."""

    status: int | None
    problem: str = ""


def ask(url: str, guard: Guard) -> Answer:
    """Ask an address, and those to which it redirects, whether they are there."""
    try:
        for _step in range(REDIRECTS + 1):
            status, location = _request("HEAD", url, guard)
            if status in ASK_AGAIN:
                status, location = _request("GET", url, guard)
            if status not in REDIRECT or not location:
                return Answer(status, _("not found") if status in GONE else "")
            url = urljoin(url, location)
        return Answer(None, _("too many redirects"))
    except NotAsked as reason:
        return Answer(None, str(reason))
    except ssl.SSLCertVerificationError:
        return Answer(None, _("its certificate is not valid"))
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(None, _("no answer"))


def _request(method: str, url: str, guard: Guard) -> tuple[int, str]:
    """Return the status of an answer and where it redirects to; its content is not read."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise NotAsked(_("not a web address"))
    port = parts.port or PORTS[parts.scheme]
    address = guard.address_of(parts.hostname, port, parts.scheme)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    with closing(_connection(parts.scheme, parts.hostname, port, address)) as connection:
        connection.connect()
        hurry = Timer(WHOLE, _hang_up, [connection.sock])
        hurry.start()
        try:
            connection.request(method, _quoted(path), headers={"User-Agent": AGENT, "Accept": "*/*"})
            response = connection.getresponse()
            return response.status, response.headers.get("Location", "")
        finally:
            hurry.cancel()


def _connection(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """Return a connection that goes to this address and no other, whatever the host's name says by then."""
    if scheme == "https":
        context = ssl.create_default_context()
        connection: Any = http.client.HTTPSConnection(host, port, timeout=STEP, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=STEP)
    connection._create_connection = lambda _where, *rest: socket.create_connection((address, port), *rest)
    return connection


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _quoted(path: str) -> str:
    """Return a path as HTTP takes it: what is not ASCII in percent signs, no spaces or control characters."""
    return "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)


# All of them


def url_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Yield (model, field) of each field of curated records that holds a web address."""
    for model in CURATED:
        for field in model._meta.fields:
            if isinstance(field, models.URLField):
                yield model, field.name


def named_urls() -> list[str]:
    """Return the addresses that records name which are not archived, in order."""
    urls = {
        url
        for model, name in url_fields()
        for url in model._default_manager.exclude(state=State.ARCHIVED)
        .exclude(**{name: ""})
        .values_list(name, flat=True)
    }
    return sorted(urls)


def check_links(guard: Guard | None = None, pause: Callable[[float], None] = time.sleep) -> tuple[int, int]:
    """Ask the addresses that are due and keep how they answered; returns how many were asked, and how many failed.

    Addresses that no record names any more are forgotten. No transaction is open while a host is asked.
    """
    urls, now = named_urls(), timezone.now()
    LinkCheck.objects.exclude(url__in=urls).delete()
    known = {check.url: check for check in LinkCheck.objects.all()}
    due = [url for url in urls if _is_due(known.get(url), now)]
    times: dict[str, float] = {}
    failed = 0
    for url in due[:MOST]:
        host = urlsplit(url).hostname or ""
        if host in times:
            pause(max(0.0, PAUSE - (time.monotonic() - times[host])))
        answer = ask(url, guard or Guard())
        times[host] = time.monotonic()
        failed += bool(answer.problem)
        _keep(url, answer, known.get(url))
    return len(due[:MOST]), failed


def _is_due(check: LinkCheck | None, now: Any) -> bool:
    return check is None or bool(check.problem) or check.checked + AGAIN <= now


def _keep(url: str, answer: Answer, before: LinkCheck | None) -> None:
    now = timezone.now()
    since = (before.since if before and before.since else now) if answer.problem else None
    values = {"status": answer.status, "problem": answer.problem, "checked": now, "since": since}
    LinkCheck.objects.update_or_create(url=url, defaults=values)
