"""What a trusted proxy says of a request: the address of the client, the scheme, the host. Nobody else is believed.

KB_TRUSTED_PROXY names the proxies. A request that comes from one of them has the client's address in the rightmost part
of X-Forwarded-For that is no proxy itself: what stands further left came from the client, who may write what they like.
"""

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.http import HttpRequest, HttpResponse

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: stands in the setting for whatever comes through a socket of this machine, which has no address
SOCKET = "unix"
#: what a proxy says, and anybody else may say
HEADERS = ("FOR", "PROTO", "HOST", "PORT", "PREFIX", "SERVER", "SSL")
FORGEABLE = (*(f"HTTP_X_FORWARDED_{name}" for name in HEADERS), "HTTP_FORWARDED", "HTTP_X_REAL_IP")

LEGACY = (
    "KB_PROXY_SSL_HEADER says only whether a request came by HTTPS: everybody has the address of the proxy, so that "
    "anybody can lock anybody out."
)
INSTEAD = "Set KB_TRUSTED_PROXY to the address of the proxy instead, such as KB_TRUSTED_PROXY=127.0.0.1."


def parse_proxies(texts: Sequence[str]) -> list[Network | str]:
    """Return the proxies that a setting names, as networks or SOCKET. Raises ValueError for what is neither."""
    return [text if text == SOCKET else ipaddress.ip_network(text) for text in map(str.strip, texts) if text]


def is_proxy(address: str, proxies: Sequence[Network | str]) -> bool:
    """Whether an address is a trusted proxy's; that of a socket is empty."""
    if not address:
        return SOCKET in proxies
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(not isinstance(proxy, str) and parsed in proxy for proxy in proxies)


def client_address(remote: str, forwarded: str, proxies: Sequence[Network | str]) -> str:
    """Return the address of the client of a request from `remote` with this X-Forwarded-For.

    The last proxy's own where nothing, or nothing that is an address, stands before it.
    """
    address = remote
    for hop in reversed(forwarded.split(",")):
        if not is_proxy(address, proxies):
            break
        parsed = _address(hop.strip())
        if not parsed:
            break
        address = parsed
    return address


def _address(hop: str) -> str:
    """Return an address as proxies write it, with or without a port, in its usual form; "" where it is none."""
    bare = hop[1:].partition("]")[0] if hop.startswith("[") else hop.partition(":")[0] if hop.count(":") == 1 else hop
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""


def trusted_proxy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take address, scheme and host of a request from a trusted proxy, and forget what others say of them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        meta: dict[str, str] = request.META
        proxies = settings.TRUSTED_PROXIES
        if is_proxy(meta.get("REMOTE_ADDR", ""), proxies):
            _believe(meta, proxies)
        kept = (settings.SECURE_PROXY_SSL_HEADER or ("",))[0]  # the setting of before
        for name in FORGEABLE:
            if name != kept:
                meta.pop(name, None)
        return get_response(request)

    return middleware


def _believe(meta: dict[str, str], proxies: Sequence[Network | str]) -> None:
    meta["REMOTE_ADDR"] = client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), proxies)
    if scheme := _nearest(meta, "PROTO").lower():
        meta["wsgi.url_scheme"] = "https" if scheme == "https" else "http"
    if host := _nearest(meta, "HOST"):
        meta["HTTP_HOST"] = host


def _nearest(meta: dict[str, str], name: str) -> str:
    """Return what the nearest proxy wrote into a header."""
    return str(meta.get(f"HTTP_X_FORWARDED_{name}", "")).rpartition(",")[2].strip()


@register("security")
def check_legacy_setting(**kwargs: object) -> list[CheckMessage]:
    """Warn of the setting that KB_TRUSTED_PROXY replaces."""
    return [Warning(LEGACY, hint=INSTEAD, id="kb.W001")] if settings.SECURE_PROXY_SSL_HEADER else []
