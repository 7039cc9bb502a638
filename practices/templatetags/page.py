"""Template tags and filters: the address of a page, what its head says, and how to cite it."""

from django import template
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from practices.exports import OF_PAGES, OF_PRACTICES, citation, downloads
from practices.models import Country, Curated, Practice, Term
from practices.pages.prev_next import ORIGIN

register = template.Library()


@register.filter
def canonical_url(request: HttpRequest) -> str:
    """Return the one address of a page: absolute, without the search from which a reader came; "" for a wrong host."""
    query = request.GET.copy()
    query.pop(ORIGIN, None)
    path = f"{request.path}?{query.urlencode()}" if query else request.path
    return _absolute(request, path)


@register.filter
def absolute_url(request: HttpRequest, name: str) -> str:
    """Return the absolute address of a static file; "" for a wrong host."""
    return _absolute(request, static(name))


def _absolute(request: HttpRequest, path: str) -> str:
    try:
        return request.build_absolute_uri(path)
    except DisallowedHost:
        return ""


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """Return what is inside on one line, fit for an attribute: `{% capture as title %}…{% endcapture %}`."""
    return mark_safe(" ".join(content.split()).replace('"', "&quot;"))  # noqa: S308 - rendered, thus escaped


@register.inclusion_tag("components/cite.html", takes_context=True)
def cite(context: Context, record: Curated | Term | Country) -> dict[str, object]:
    """Show how to cite the page of a record, and its exports: `{% cite practice %}`."""
    formats = OF_PRACTICES if isinstance(record, Practice) else OF_PAGES
    return {
        "text": citation.text(record, citation.CitationContext.of(context["request"])),
        "downloads": downloads(record.get_absolute_url(), formats.values()),
    }
