"""Template filters: how years, figures, days and names read, and addresses of a result with one thing changed.

Loaded in every template. To add a filter: a function here with `@register.filter`, and its example in the docstring.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.core.exceptions import DisallowedHost
from django.core.paginator import Page
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.dates import MONTHS
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy

from practices.catalog.vocabularies import Vocabularies
from practices.exports import FORMATS, OF_PAGES, OF_PRACTICES, citation, downloads, suffixed
from practices.models import (
    Citation,
    Country,
    CountryRole,
    Finding,
    Place,
    Practice,
    Stakeholder,
    StakeholderRole,
    Term,
)
from practices.pages.country import place_anchor
from practices.pages.finding import KindOfFinding
from practices.pages.formatting import figure, number, quantity, years
from practices.pages.prev_next import ORIGIN, origin
from practices.pages.related import lower_first
from practices.search.facets import Facet
from practices.search.request import SearchRequest

register = template.Library()

RELATIONS = {
    "part-of": gettext_lazy("Part of"),
    "has-part": gettext_lazy("Has as a part"),
    "continues": gettext_lazy("Continues"),
    "continued-by": gettext_lazy("Continued by"),
    "see-also": gettext_lazy("See also"),
}

#: a value of a filter, by whether it stands below another and whether it is chosen
CHECKBOX = {
    (below, chosen): f'<label{" data-depth=1" * below}><input type=checkbox name=%s value="%s"{" checked" * chosen}>'
    "<span>%s</span><span class=count>%s</span></label>"
    for below in (False, True)
    for chosen in (False, True)
}


for said in (years, figure, quantity, number):
    register.filter(said)


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
def vocabulary_name(term: Term) -> str:
    """Return "Target groups" for a target group."""
    return str(capfirst(term._meta.verbose_name_plural))


@register.filter
def list_page(term: Term) -> str:
    """Return the name of the page that lists a term's vocabulary: "topic_list"."""
    return f"{term.page}_list"


@register.filter
def role_of(known: Vocabularies, stakeholder: Stakeholder) -> StakeholderRole:
    """Return a stakeholder's usual role, without a query."""
    role: StakeholderRole = known.terms[StakeholderRole][stakeholder.role_id]
    return role


@register.filter
def country_of(known: Vocabularies, record: Any) -> Country | None:
    """Return the country of a stakeholder or event, without a query."""
    return known.countries.get(record.country_id or 0)


@register.filter
def checkboxes(facet: Facet) -> SafeString:
    """Return the values of a filter as checkboxes, made here because a page has hundreds and templates are slow."""
    return mark_safe(  # noqa: S308 (what comes from records is escaped)
        "".join(
            CHECKBOX[bool(value.depth), value.selected]
            % (facet.name, html.escape(value.value), html.escape(value.label), number(value.count))
            for value in facet.values
        )
    )


@register.filter
def files(asked: SearchRequest) -> list[tuple[str, str]]:
    """Return (short name, address) of each format of a whole result: "CSV", "/practices.csv?q=women"."""
    return [(one.short, suffixed(asked.links.url, one.suffix)) for one in OF_PRACTICES.values()]


@register.filter
def nearby(page: Page[Any]) -> Iterator[str | int]:
    """Return the numbers of the pages around a page, the first and the last, with an ellipsis between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def linked(records: Iterable[Any]) -> SafeString:
    """Return links to records that have a name and an address, one after the other, as long pages need them."""
    return format_html_join("; ", '<a href="{}">{}</a>', ((one.get_absolute_url(), str(one)) for one in records))


@register.filter
def by_paragraph(citations: Iterable[Citation]) -> list[Citation]:
    """Return one citation of each paragraph that some citations of one section name, in the order of the text."""
    return [found for _, found in sorted({one.paragraph: one for one in citations}.items())]


@register.filter
def all_findings(kinds: Iterable[KindOfFinding]) -> list[Finding]:
    """Return the findings of some kinds in one list."""
    return [finding for kind in kinds for finding in kind.findings]


@register.filter
def total_count(kinds: Iterable[KindOfFinding]) -> int:
    """Return how many findings there are of some kinds."""
    return sum(kind.count for kind in kinds)


@register.filter
def count_of(counts: dict[str, Any], code: str) -> int:
    """Return how many practices have a value, of the practices by value."""
    return len(counts.get(code, ()))


@register.filter
def in_sentence(item: Any) -> str:
    """Return a name as it stands within a sentence: "language learning" of a topic, a country's as it is."""
    return lower_first(str(item)) if isinstance(item, Term | str) else str(item)


@register.filter
def place_url(place: Place) -> str:
    """Return the address of a place on the page of its country."""
    return f"{place.country.get_absolute_url()}#{place_anchor(place)}"


@register.filter(name="origin")
def origin_of(asked: SearchRequest) -> str:
    """Return what the address of a practice carries so that its page leads back to a search: "?from=…" or ""."""
    return origin(asked)


@register.filter
def canonical(request: HttpRequest) -> str:
    """Return the one address of a page: absolute, without the search from which a reader came; "" for a wrong host."""
    query = request.GET.copy()
    query.pop(ORIGIN, None)
    path = f"{request.path}?{query.urlencode()}" if query else request.path
    return _absolute(request, path)


@register.filter
def absolute(request: HttpRequest, name: str) -> str:
    """Return the absolute address of a static file."""
    return _absolute(request, static(name))


def _absolute(request: HttpRequest, path: str) -> str:
    try:
        return request.build_absolute_uri(path)
    except DisallowedHost:
        return ""


@register.simple_block_tag
def captured(content: str) -> SafeString:
    """Return what is inside on one line, fit for an attribute: `{% captured as title %}…{% endcaptured %}`."""
    return mark_safe(" ".join(content.split()).replace('"', "&quot;"))  # noqa: S308 - rendered, thus escaped


@register.inclusion_tag("components/cite.html", takes_context=True)
def cite(context: dict[str, Any], record: Any) -> dict[str, Any]:
    """Show how to cite the page of a record, and its exports: `{% cite practice %}`."""
    formats = OF_PRACTICES if isinstance(record, Practice) else OF_PAGES
    return {
        "text": citation.text(record, citation.Edition.of(context["request"])),
        "downloads": downloads(record.get_absolute_url(), formats.values()),
    }


@register.inclusion_tag("components/cite.html", takes_context=True)
def cite_search(context: dict[str, Any], asked: SearchRequest, count: int) -> dict[str, Any]:
    """Show how to cite a result, and its exports: `{% cite_search asked results.count %}`."""
    return {
        "text": citation.search_text(asked, count, citation.Edition.of(context["request"])),
        "downloads": downloads(asked.links.url, FORMATS),
        "is_search": True,
    }
