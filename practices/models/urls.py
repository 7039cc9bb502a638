"""Addresses of records, cached: a page links to hundreds, and Django takes longer to make one than to show it."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language


def address_of(page: str, key: str) -> str:
    """Return the address of the page that shows the record with this slug or code, for the request being answered.

    It depends on the reader's language and on the prefix under which the site is served.
    """
    return _cached(page, key, get_language(), get_script_prefix())


@lru_cache(maxsize=20_000)
def _cached(page: str, key: str, language: str | None, prefix: str) -> str:
    return reverse(page, args=[key])
