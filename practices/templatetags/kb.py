"""Template filters: how years, figures, days and names read, and addresses of a result with one thing changed.

Loaded in every template. To add a filter: a function here with `@register.filter`, and its example in the docstring.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.dates import MONTHS
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from practices.browse.cards import Card
from practices.browse.conditions import Condition, conditions
from practices.browse.facets import Facet
from practices.browse.filters import PracticeFilter, address
from practices.browse.reference import Reference
from practices.models import (
    Citation,
    Country,
    CountryRole,
    Finding,
    FindingKind,
    Outcome,
    Practice,
    Qualifier,
    Stakeholder,
    StakeholderRole,
    Term,
)
from practices.search.explain import Reason

register = template.Library()

RELATIONS = {
    "part-of": gettext_lazy("Part of"),
    "has-part": gettext_lazy("Has as a part"),
    "continues": gettext_lazy("Continues"),
    "continued-by": gettext_lazy("Continued by"),
    "see-also": gettext_lazy("See also"),
}

#: what a passage of a practice is, where a search found it there
PASSAGES = {
    "name": gettext_lazy("Other name"),
    "actor": gettext_lazy("Actor"),
    "role": gettext_lazy("Stakeholder role"),
    "country": gettext_lazy("Country"),
    "place": gettext_lazy("Place"),
    "description": gettext_lazy("Description"),
    "outcome": gettext_lazy("Outcome"),
    "finding": gettext_lazy("Finding"),
    "dimensions": gettext_lazy("Dimension"),
    "topics": gettext_lazy("Topic"),
    "target_groups": gettext_lazy("Target group"),
    "stages": gettext_lazy("Stage of migration"),
    "partnership_types": gettext_lazy("Partnership"),
    "kind": gettext_lazy("Kind"),
    "level": gettext_lazy("Level"),
}

#: a value of a filter, by whether it stands below another and whether it is chosen
CHECKBOX = {
    (below, chosen): f'<label{" data-depth=1" * below}><input type=checkbox name=%s value="%s"{" checked" * chosen}>'
    "<span>%s</span><span class=count>%s</span></label>"
    for below in (False, True)
    for chosen in (False, True)
}


@register.filter
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


@register.filter
def figure(outcome: Outcome) -> str:
    """Return "about 1,200 graduates", or "" for an outcome without a figure."""
    if outcome.value is None:
        return ""
    return quantity({"count": outcome.value, "qualifier": outcome.qualifier, "what": outcome.unit})


@register.filter
def quantity(item: dict[str, Any]) -> str:
    """Return "at least 200 participants" of {count, qualifier, what}; an exact number needs no word."""
    count, what, qualifier = item.get("count"), item.get("what", ""), item.get("qualifier", "")
    if count is None:
        return str(what)
    word = str(Qualifier(qualifier).label) if qualifier in Qualifier.values and qualifier != Qualifier.EXACT else ""
    return " ".join(part for part in (word, number(count), str(what)) if part)


@register.filter
def number(value: Any) -> str:
    """Return "12,500.5": grouped as the reader's language groups, without trailing zeros."""
    text = f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    if text.isdigit() and len(text) < 4:
        return text
    return number_format(text.rstrip("0").rstrip(".") if "." in text else text, force_grouping=True)


@register.filter
def day(text: str) -> str:
    """Return "12 July 2006", "July 2006" or "2006" of a date known to the day, month or year."""
    parts = [int(part) for part in text.split("-")] if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text) else []
    if len(parts) > 1 and not 1 <= parts[1] <= 12:
        return text
    words = [str(MONTHS[part]) if place == 1 else str(part) for place, part in enumerate(parts)]
    return " ".join(reversed(words)) or text


@register.filter
def days(event: Any) -> str:
    """Return "12–13 July 2006" of an event, as short as it is clear."""
    first, last = event.starts, event.ends
    if not last or first == last:
        return day(first)
    if len(first) == len(last) == 10 and first[:7] == last[:7]:
        return f"{int(first[8:])}–{day(last)}"
    return f"{day(first)} – {day(last)}"


@register.filter
def language_name(code: str) -> str:
    """Return "French" of "fr", in the reader's language, or the code where it is not known."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def country_role(code: str) -> str:
    """Return the label of what a country is to a practice."""
    return str(CountryRole(code).label)


@register.filter
def relation(kind: str) -> str:
    """Return how a related practice stands to the one shown."""
    return str(RELATIONS[kind])


@register.filter
def passage_kind(kind: str) -> str:
    """Return "Target group" for what was found among the target groups of a practice."""
    return str(PASSAGES[kind])


@register.filter
def found_as(reason: Reason) -> str:
    """Return "synonym of “job”" or "spelling of “moroco”": how what was found answers for what was typed."""
    said = _("synonym of “%(word)s”") if reason.how == "synonym" else _("spelling of “%(word)s”")
    return said % {"word": reason.instead_of}


@register.filter
def vocabulary_name(term: Term) -> str:
    """Return "Target groups" for a target group."""
    return str(capfirst(term._meta.verbose_name_plural))


@register.filter
def list_page(term: Term) -> str:
    """Return the name of the page that lists a term's vocabulary: "topic_list"."""
    return f"{term.page}_list"


@register.filter
def role_of(known: Reference, stakeholder: Stakeholder) -> StakeholderRole:
    """Return a stakeholder's usual role, without a query."""
    role: StakeholderRole = known.terms[StakeholderRole][stakeholder.role_id]
    return role


@register.filter
def country_of(known: Reference, record: Any) -> Country | None:
    """Return the country of a stakeholder or event, without a query."""
    return known.countries.get(record.country_id or 0)


@register.filter
def counted_countries(cards: Iterable[Card]) -> list[tuple[Country, int]]:
    """Return the countries of some cards, the most frequent first, each with its number of cards."""
    counts = Counter(country for card in cards for country in {country for country, _role in card.countries})
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].sort_key))


@register.filter
def by_kind(findings: Iterable[Finding], first: str = "") -> list[tuple[str, str, list[Finding]]]:
    """Return (code, label, findings) of each kind that occurs, the kind named `first` before the others."""
    found = list(findings)
    groups = [(code, str(label), [one for one in found if one.kind == code]) for code, label in FindingKind.choices]
    return sorted((group for group in groups if group[2]), key=lambda group: group[0] != first)


@register.filter
def paragraphs(citations: Iterable[Citation]) -> list[int]:
    """Return the numbers of the paragraphs that some citations of one section name, each once."""
    return sorted({citation.paragraph for citation in citations})


@register.filter
def narrowed_by(asked: PracticeFilter) -> list[Condition]:
    """Return what narrows a result, in words, each with the address of the result without it."""
    return conditions(asked)


@register.filter
def checkboxes(facet: Facet) -> SafeString:
    """Return the values of a filter as checkboxes, made here because a page has hundreds and templates are slow."""
    return mark_safe(  # noqa: S308 (what comes from records is escaped)
        "".join(
            CHECKBOX[bool(choice.depth), option.selected]
            % (facet.name, html.escape(choice.value), html.escape(choice.label), number(option.count))
            for option in facet.options
            for choice in (option.choice,)
        )
    )


@register.filter
def by_relevance(asked: PracticeFilter) -> bool:
    """Tell whether a result stands by relevance: what matches in part then comes after what matches in full."""
    return asked.sort == "relevance"


@register.filter
def kept(asked: PracticeFilter) -> list[tuple[str, str]]:
    """Return what a form that filters a result must carry along: how it is sorted and shown."""
    return [pair for pair in asked.params if pair[0] not in asked.filters]


@register.filter
def page_base(asked: PracticeFilter) -> str:
    """Return the address of a result up to the number of its page: "?q=women&page="."""
    return address([*asked.params, ("page", "")])


@register.filter
def nearby(page: Page[Any]) -> Iterator[str | int]:
    """Return the numbers of the pages around a page, the first and the last, with an ellipsis between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
