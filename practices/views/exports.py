"""Exports and citations: what a page shows, at its own address with the suffix of a format."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.exports import (
    OF_BRIEF,
    OF_MATRIX,
    OF_PAGES,
    OF_PRACTICES,
    OF_RESULTS,
    Format,
    citation,
    export,
    suffixed,
    supported,
)
from practices.exports.citation import CitationContext, Record
from practices.models import Country, Curated, Practice, Term
from practices.pages.brief.builder import build_brief
from practices.pages.formatting import subject
from practices.pages.matrix import Matrix
from practices.pages.selection import select_practices
from practices.search.request import SearchRequest
from practices.search.results import Results
from practices.views.records import View, public_record_view

#: how many pieces of an export are sent at once
BATCH_SIZE = 100
#: letters of the name of a file that say what it is about
MAX_SUBJECT = 60
#: the formats of each content, by suffix, as addresses name the content: `practices.<results:to>`
CONTENTS: dict[str, dict[str, Format]] = {
    "results": OF_RESULTS,
    "practices": OF_PRACTICES,
    "works": OF_PAGES,
    "matrix": OF_MATRIX,
    "brief": OF_BRIEF,
}


class FormatConverter:
    """A format in an address, by its suffix; any suffix but those of `formats` is no address of the site."""

    formats: dict[str, Format]
    regex: str

    @classmethod
    def of(cls, formats: dict[str, Format]) -> type["FormatConverter"]:
        """Return the converter of some formats."""
        return type(cls.__name__, (cls,), {"formats": formats, "regex": "|".join(formats)})

    def to_python(self, value: str) -> Format:
        return self.formats[value]

    def to_url(self, value: str | Format) -> str:
        return value.suffix if isinstance(value, Format) else value


@require_safe
def practice_list(request: HttpRequest, to: Format) -> HttpResponseBase:
    """Export all practices that the query string asks for, in the order asked for; as JSON one page of them."""
    search = SearchRequest(request.GET)
    results = Results(search)
    if to.results_page:
        return HttpResponse(to.results_page(results, request.GET.get("page")), content_type=to.content_type)
    return _practices(request, to, results.ordered(0, results.count), _file_name("practices", subject(search)))


@require_safe
def selection(request: HttpRequest, to: Format) -> HttpResponseBase:
    """Export the practices that the address names, in its order."""
    practices = select_practices(request.GET.getlist("practice")).practices
    return _practices(request, to, [practice.pk for practice in practices], "selection")


@public_record_view(Practice)
def practice(request: HttpRequest, practice: Practice, to: Format) -> HttpResponseBase:
    """Export one practice."""
    return _practices(request, to, [practice.pk], citation.key_of(practice))


@require_safe
def brief(request: HttpRequest, to: Format) -> HttpResponseBase:
    """Export the brief that the query string asks for."""
    brief = build_brief(request.GET, CitationContext.of(request).site)
    return _download(to, supported(to.brief)(brief), _file_name("brief", brief.subject))


@require_safe
def matrix(request: HttpRequest, to: Format) -> HttpResponseBase:
    """Export the matrix that the query string asks for, with every row and column."""
    matrix = Matrix(SearchRequest(request.GET))
    return _download(
        to, "".join(supported(to.matrix)(matrix)), f"matrix-{matrix.options.rows}-{matrix.options.columns}"
    )


def record_of(model: type[Curated]) -> View:
    """Return the view of what to cite of a curated record: its page, and the reports that it cites."""

    @public_record_view(model)
    def view(request: HttpRequest, record: Curated, to: Format) -> HttpResponseBase:
        return _works(request, to, record)

    return view


def page_of(model: type[Country] | type[Term]) -> View:
    """Return the view of what to cite of a country or term: its page."""
    key = "code" if issubclass(model, Term) else "slug"

    @require_safe
    def view(request: HttpRequest, slug: str, to: Format) -> HttpResponseBase:
        record: Any = get_object_or_404(model._default_manager, **{key: slug})
        if isinstance(record, Term) and record.replaced_by_id:
            address = current().vocabularies.in_place_of(record).get_absolute_url()
            return redirect(suffixed(address, to.suffix), permanent=True)
        return _works(request, to, record)

    return view


def _practices(request: HttpRequest, to: Format, keys: Sequence[int], name: str) -> HttpResponseBase:
    """Answer with the practices that have these primary keys, in this order; what is not public is left out."""
    context = CitationContext.of(request)
    return _download(to, export(to, keys, context), _versioned(name, context))


def _works(request: HttpRequest, to: Format, record: Record) -> HttpResponseBase:
    """Answer with what to cite of a record's page."""
    context = CitationContext.of(request)
    works = supported(to.works)(citation.of_page(record, context))
    return _download(to, works, _versioned(citation.key_of(record), context))


def _download(to: Format, content: str | bytes | Iterable[str], name: str) -> HttpResponseBase:
    """Answer with a file, sent while it is written where it comes in pieces; `name` is without the suffix."""
    response: HttpResponseBase
    if isinstance(content, str | bytes):
        response = HttpResponse(content, content_type=to.content_type)
    else:
        response = StreamingHttpResponse(_batched(iter(content)), content_type=to.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{to.suffix}")
    return response


def _versioned(name: str, context: CitationContext) -> str:
    return f"{name}-v{context.version.number}"


def _file_name(content: str, about: str) -> str:
    """Return "brief-portugal": what a file holds, and of what, as far as plain letters and digits can say it."""
    return f"{content}-{slugify(about)[:MAX_SUBJECT]}".strip("-")


def _batched(pieces: Iterator[str]) -> Iterator[str]:
    while batch := "".join(islice(pieces, BATCH_SIZE)):
        yield batch
