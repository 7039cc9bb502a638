"""Template filters and a tag: the conditions, facets, addresses and exports of a result."""

import html
from collections.abc import Iterator

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from practices.catalog.link import Link
from practices.exports import OF_PRACTICES, OF_RESULTS, citation, downloads, suffixed
from practices.pages.formatting import number
from practices.pages.prev_next import origin
from practices.search.facets import Facet
from practices.search.request import SearchRequest

register = template.Library()

#: a value of a filter, by whether it stands below another and is selected
CHECKBOX = {
    (below, on): f'<label{" data-depth=1" * below}><input type=checkbox name=%s value="%s"{" checked" * on}>'
    "<span>%s</span><span class=count>%s</span></label>"
    for below in (False, True)
    for on in (False, True)
}


@register.filter
def checkboxes(facet: Facet) -> SafeString:
    """Return the values of a filter as checkboxes.

    Written here: the 295 values of all facets take 0.9 ms, by a template 8.4 ms, of the 20 ms of a page of results
    (`pytest -s tests/templatetags/test_results.py`).
    """
    return mark_safe(  # noqa: S308 (what comes from records is escaped)
        "".join(
            CHECKBOX[bool(value.depth), value.selected]
            % (facet.name, html.escape(value.value), html.escape(value.label), number(value.count))
            for value in facet.values
        )
    )


@register.filter
def page_numbers(page: Page) -> Iterator[str | int]:
    """Return the numbers of the pages around a page, the first and the last, with an ellipsis between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def search_origin(search: SearchRequest) -> str:
    """Return what the address of a practice carries so that its page leads back to a search: "?from=…" or ""."""
    return origin(search)


@register.filter
def export_links(search: SearchRequest) -> list[Link]:
    """Return the links to a whole result in each format, with its short name: "CSV", "/practices.csv?q=women"."""
    return [Link(to.short, suffixed(search.links.url, to.suffix)) for to in OF_PRACTICES.values()]


@register.inclusion_tag("components/cite.html", takes_context=True)
def cite_search(context: Context, search: SearchRequest, count: int) -> dict[str, object]:
    """Show how to cite a result, and its exports: `{% cite_search search results.count %}`."""
    return {
        "text": citation.search_text(search, count, citation.CitationContext.of(context["request"])),
        "downloads": downloads(search.links.url, OF_RESULTS.values()),
        "is_search": True,
    }
