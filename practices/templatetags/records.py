"""Template filters: the links to records, and what belongs to them. None asks a query."""

from collections.abc import Iterable
from typing import Protocol

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from practices.models import Citation, Finding, Place, Term
from practices.pages.country import place_anchor
from practices.pages.finding import KindOfFinding

register = template.Library()


class Linkable(Protocol):
    """What has a name and an address."""

    def get_absolute_url(self) -> str: ...


@register.filter
def list_page(term: Term) -> str:
    """Return the name of the page that lists a term's vocabulary: "topic_list"."""
    return f"{term.page}_list"


@register.filter
def record_links(records: Iterable[Linkable]) -> SafeString:
    """Return links to records that have a name and an address, one after the other: "A; B"."""
    return format_html_join("; ", '<a href="{}">{}</a>', ((item.get_absolute_url(), str(item)) for item in records))


@register.filter
def place_url(place: Place) -> str:
    """Return the address of a place on the page of its country."""
    return f"{place.country.get_absolute_url()}#{place_anchor(place)}"


@register.filter
def by_paragraph(citations: Iterable[Citation]) -> list[Citation]:
    """Return one citation of each paragraph that some citations of one section name, in the order of the text."""
    return [citation for _, citation in sorted({citation.paragraph: citation for citation in citations}.items())]


@register.filter
def all_findings(kinds: Iterable[KindOfFinding]) -> list[Finding]:
    """Return the findings of some kinds in one list."""
    return [finding for kind in kinds for finding in kind.findings]


@register.filter
def total_count(kinds: Iterable[KindOfFinding]) -> int:
    """Return how many findings there are of some kinds."""
    return sum(kind.count for kind in kinds)
