"""Addresses of records, kept: a page links to hundreds, and Django takes longer to make one than to show it."""

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language


def address_of(page: str, key: str) -> str:
    """Return the address of the page that shows the record with this slug or code, in the reader's language."""
    return _kept(page, key, get_language())


@lru_cache(maxsize=20_000)
def _kept(page: str, key: str, language: str | None) -> str:
    return reverse(page, args=[key])
