"""Exports and citations: a result, a practice, or any other page, at its own address with a suffix of `FORMATS`."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import models
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from practices.exports import OF_PAGES, OF_PRACTICES, Format, citation, export
from practices.exports.citation import Edition
from practices.models import Curated, Practice, Term
from practices.pages.formatting import subject
from practices.pages.selection import selected
from practices.search.request import SearchRequest
from practices.search.results import Results
from practices.views.records import View, public_record_view

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)
#: how many pieces of an export are sent at once
AT_ONCE = 100
#: letters of the name of a file that say what it is about
LONGEST = 60


class FormatConverter:
    """A format in an address, by its suffix; any other suffix is no address of the site."""

    formats: dict[str, Format]
    regex: str

    def to_python(self, value: str) -> Format:
        return self.formats[value]

    def to_url(self, value: str | Format) -> str:
        return value.suffix if isinstance(value, Format) else value


class ExportConverter(FormatConverter):
    """A format of practices."""

    formats, regex = OF_PRACTICES, "|".join(OF_PRACTICES)


class CitationConverter(FormatConverter):
    """A format of works to cite."""

    formats, regex = OF_PAGES, "|".join(OF_PAGES)


@require_safe
def practice_list(request: HttpRequest, to: Format) -> HttpResponseBase:
    """Export all practices that the query string asks for, in the order asked for."""
    asked = SearchRequest(request.GET)
    results = Results(asked)
    return practices(request, to, results.ordered(0, results.count), file_name("practices", subject(asked)))


@require_safe
def selection(request: HttpRequest, to: Format) -> HttpResponseBase:
    """Export the practices that the address names, in its order."""
    chosen = selected(request.GET.getlist("practice"))
    return practices(request, to, [practice.pk for practice in chosen.practices], "selection")


@public_record_view(Practice)
def practice(request: HttpRequest, practice: Practice, to: Format) -> HttpResponseBase:
    """Export one practice."""
    return practices(request, to, [practice.pk], citation.key_of(practice))


def record_of(model: type[Curated]) -> View:
    """Return the view of what to cite of a curated record: its page, and the reports that it cites."""

    @public_record_view(model)
    def view(request: HttpRequest, record: Curated, to: Format) -> HttpResponseBase:
        return works(request, to, record)

    return view


def page_of(model: type[models.Model]) -> View:
    """Return the view of what to cite of a country or term: its page."""
    key = "code" if issubclass(model, Term) else "slug"

    @require_safe
    def view(request: HttpRequest, slug: str, to: Format) -> HttpResponseBase:
        return works(request, to, get_object_or_404(model._default_manager, **{key: slug}))

    return view


def practices(request: HttpRequest, to: Format, keys: Sequence[int], name: str) -> HttpResponseBase:
    """Answer with the practices that have these primary keys, in this order; what is not public is left out."""
    edition = Edition.of(request)
    return download(to, export(to, keys, edition), name, edition)


def works(request: HttpRequest, to: Format, record: Any) -> HttpResponseBase:
    """Answer with what to cite of a record's page."""
    edition = Edition.of(request)
    return download(to, to.works(citation.of_page(record, edition)), citation.key_of(record), edition)  # type: ignore[misc]


def download(to: Format, written: Iterable[str], name: str, edition: Edition) -> StreamingHttpResponse:
    """Answer with a file, sent while it is written; `name` is of letters, digits and hyphens."""
    response = StreamingHttpResponse(_batched(iter(written)), content_type=to.content_type)
    return as_file(response, f"{name}-v{edition.version.number}.{to.suffix}")


def file_name(what: str, about: str) -> str:
    """Return "brief-portugal": what a file holds, and of what, as far as plain letters and digits can say it."""
    return f"{what}-{slugify(about)[:LONGEST]}".strip("-")


def as_file(response: AnyResponse, name: str) -> AnyResponse:
    """Let browsers keep an answer as a file of this name."""
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _batched(pieces: Iterator[str]) -> Iterator[str]:
    while batch := "".join(islice(pieces, AT_ONCE)):
        yield batch
