"""How years, figures, numbers and short texts read: the same on pages, in briefs and in files."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from practices.models import Outcome, Practice, Qualifier
from practices.search.request import SearchRequest

#: letters of a sentence where each of many practices is described in one
MAX_SENTENCE = 220


def years(practice: Practice) -> str:
    """Return "2001–2006", "2001", "since 2001", "from 2001" (where it is not known to last), "until 2006" or ""."""
    first, last = practice.year_start, practice.year_end
    if first and last:
        return str(first) if first == last else f"{first}–{last}"
    if first and practice.reported_status in ("planned", "ended"):
        return _("from %(year)s") % {"year": first}
    if first:
        return _("since %(year)s") % {"year": first}
    return _("until %(year)s") % {"year": last} if last else ""


def figure(outcome: Outcome) -> str:
    """Return "about 1,200 graduates", or "" for an outcome without a figure."""
    if outcome.value is None:
        return ""
    return quantity({"count": outcome.value, "qualifier": outcome.qualifier, "what": outcome.unit})


def quantity(item: Mapping[str, Any]) -> str:
    """Return "at least 200 participants" of {count, qualifier, what}; an exact number needs no word."""
    count, what, qualifier = item.get("count"), item.get("what", ""), item.get("qualifier", "")
    if count is None:
        return str(what)
    word = str(Qualifier(qualifier).label) if qualifier in Qualifier.values and qualifier != Qualifier.EXACT else ""
    return " ".join(part for part in (word, number(count), str(what)) if part)


def number(value: int | float | Decimal) -> str:
    """Return "12,500.5": grouped as the reader's language groups, without trailing zeros."""
    if isinstance(value, int) and 0 <= value < 1000:
        return str(value)  # nothing to group, and a page of results has hundreds
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return number_format(text.rstrip("0").rstrip(".") if "." in text else text, force_grouping=True)


def short(text: str, limit: int = MAX_SENTENCE) -> str:
    """Return a text on one line, cut between words where it has more than `limit` letters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit].rpartition(' ')[0] or line[: limit - 1]}…"


def sentence(text: str) -> str:
    """Return the first sentence of a text: up to a full stop after a word of some length, so that "e.g." is none."""
    line = " ".join(text.split())
    end = re.search(r"(?<=[\w)”]{4})[.!?](?=\s+[A-Z“])", line)
    return short(line[: end.end()] if end and end.end() > 40 else line)


def subject(search: SearchRequest) -> str:
    """Return what a result is about in a few words, such as "Portugal, Women"; "" where nothing narrows it."""
    filterset = search.filterset
    facets, filters = filterset.facet_filters, filterset.filters
    parts = [
        facets[name].choices[value].label if name in facets else filters[name].describe(value)
        for name, value in filterset.active_filters
    ]
    return short(", ".join(parts), 100) if parts else ""
