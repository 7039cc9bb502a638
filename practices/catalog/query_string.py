"""Query strings: how parameters stand in an address, whole or as the beginning of many addresses."""

from collections.abc import Iterable
from urllib.parse import quote_plus, urlencode

Params = Iterable[tuple[str, str]]


def address(params: Params) -> str:
    """Return the address of the same page with these parameters: "?q=women", and "." for none."""
    return query_string(params) or "."


def query_string(params: Params) -> str:
    """Return what follows the path of another page: "?q=women", and "" for none."""
    return f"?{query}" if (query := urlencode(list(params))) else ""


def url_prefix(params: Params) -> str:
    """Return an address to which one more parameter can be added: "?q=women&", and "?" for none."""
    return f"{query}&" if (query := query_string(params)) else "?"


def param(name: str, value: str) -> str:
    """Return one parameter as it stands in an address."""
    return f"{name}={quote_plus(value)}"
