"""Template filters and a tag: the conditions, facets, addresses and exports of a result."""

import html
from collections.abc import Iterator
from typing import Any

from django import template
from django.core.paginator import Page
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from practices.catalog.query_string import address, query_string
from practices.exports import FORMATS, OF_PRACTICES, citation, downloads, suffixed
from practices.pages.formatting import number
from practices.pages.prev_next import origin
from practices.search.facets import Facet
from practices.search.filters import PracticeFilter
from practices.search.links import Condition, conditions

register = template.Library()

#: a value of a filter, by whether it stands below another and whether it is chosen
CHECKBOX = {
    (below, chosen): f'<label{" data-depth=1" * below}><input type=checkbox name=%s value="%s"{" checked" * chosen}>'
    "<span>%s</span><span class=count>%s</span></label>"
    for below in (False, True)
    for chosen in (False, True)
}


@register.filter
def narrowed_by(practice_filter: PracticeFilter) -> list[Condition]:
    """Return what narrows a result, in words, each with the address of the result without it."""
    return conditions(practice_filter, display_parameters(practice_filter))


@register.filter
def checkboxes(facet: Facet) -> SafeString:
    """Return the values of a filter as checkboxes.

    Written here: the 295 values of all facets take 0.8 ms, by a template 14.6 ms, of the 20 ms of a page of results
    (`pytest -s tests/templatetags/test_results.py`).
    """
    return mark_safe(  # noqa: S308 (what comes from records is escaped)
        "".join(
            CHECKBOX[bool(choice.depth), option.selected]
            % (facet.name, html.escape(choice.value), html.escape(choice.label), number(option.count))
            for option in facet.options
            for choice in (option.choice,)
        )
    )


@register.filter
def by_relevance(practice_filter: PracticeFilter) -> bool:
    """Tell whether a result stands by relevance: what matches in part then comes after what matches in full."""
    return practice_filter.sort == "relevance"


@register.filter
def display_parameters(practice_filter: PracticeFilter) -> list[tuple[str, str]]:
    """Return the parameters that do not filter: how a result is sorted and shown."""
    return [(name, value) for name, value in practice_filter.params if name not in practice_filter.filters]


@register.filter
def page_base(practice_filter: PracticeFilter) -> str:
    """Return the address of a result up to the number of its page: "?q=women&page="."""
    return address([*practice_filter.params, ("page", "")])


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[str | int]:
    """Return the numbers of the pages around a page, the first and the last, with an ellipsis between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def search_origin(practice_filter: PracticeFilter) -> str:
    """Return what the address of a practice carries so that its page leads back to a search: "?from=…" or ""."""
    return origin(practice_filter)


@register.filter
def export_links(practice_filter: PracticeFilter) -> list[tuple[str, str]]:
    """Return (short name, address) of each format of a whole result: "CSV", "/practices.csv?q=women"."""
    url = result_url(practice_filter)
    return [(export.short, suffixed(url, export.suffix)) for export in OF_PRACTICES.values()]


@register.inclusion_tag("components/cite.html", takes_context=True)
def cite_search(context: dict[str, Any], practice_filter: PracticeFilter, count: int) -> dict[str, Any]:
    """Show how to cite a result, and its exports: `{% cite_search asked results.count %}`."""
    return {
        "text": citation.search_text(practice_filter, count, citation.Edition.of(context["request"])),
        "downloads": downloads(result_url(practice_filter), FORMATS),
        "is_search": True,
    }


def result_url(practice_filter: PracticeFilter) -> str:
    """Return the address of a result as it is shown."""
    return reverse("practice_list") + query_string(practice_filter.params)
