"""Template filters: how years, dates, figures, languages and codes read.

To add one: a function here with `@register.filter`, and its example in the docstring.
"""

import re

from django import template
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy

from practices.catalog.link import lower_first
from practices.models import CountryRole, Event, Term
from practices.pages.formatting import figure, number, quantity, years

register = template.Library()

RELATIONS = {
    "part-of": gettext_lazy("Part of"),
    "has-part": gettext_lazy("Has as a part"),
    "continues": gettext_lazy("Continues"),
    "continued-by": gettext_lazy("Continued by"),
    "see-also": gettext_lazy("See also"),
}


for formatting in (years, figure, quantity, number):
    register.filter(formatting)


@register.filter
def partial_date(text: str) -> str:
    """Return "12 July 2006", "July 2006" or "2006" of "2006-07-12", "2006-07" or "2006"; other text as it is."""
    parts = [int(part) for part in text.split("-")] if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text) else []
    if len(parts) > 1 and not 1 <= parts[1] <= 12:
        return text
    words = [str(MONTHS[part]) if place == 1 else str(part) for place, part in enumerate(parts)]
    return " ".join(reversed(words)) or text


@register.filter
def date_range(event: Event) -> str:
    """Return "12–13 July 2006" of an event, as short as it is clear."""
    first, last = event.starts, event.ends
    if not last or first == last:
        return partial_date(first)
    if len(first) == len(last) == 10 and first[:7] == last[:7] and first[8:].isdecimal():
        return f"{int(first[8:])}–{partial_date(last)}"
    return f"{partial_date(first)} – {partial_date(last)}"


@register.filter
def language_name(code: str) -> str:
    """Return "French" of "fr", in the reader's language, or the code where Django has no name for it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def country_role(code: str) -> str:
    """Return the label of what a country is to a practice: "Country of origin" of "origin"."""
    return str(CountryRole(code).label)


@register.filter
def relation_label(kind: str) -> str:
    """Return how a related practice stands to the one shown: "Part of" of "part-of"."""
    return str(RELATIONS[kind])


@register.filter
def vocabulary_name(term: Term) -> str:
    """Return "Target groups" for a target group."""
    return str(capfirst(term._meta.verbose_name_plural))


@register.filter
def in_sentence(item: object) -> str:
    """Return a name as it stands within a sentence: "language learning" of a topic, a country's as it is."""
    return lower_first(str(item)) if isinstance(item, Term) else str(item)
