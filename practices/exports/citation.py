"""What a reader cites: records and reports as works of a reference list, and a citation of a page as plain text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from django.db.models import TextChoices
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.catalog import Catalog, current
from practices.catalog.vocabularies import Vocabularies
from practices.exports.entries import CitedSection, ExportEntry
from practices.models import (
    Country,
    CountryRole,
    Curated,
    DataVersion,
    Evidence,
    Function,
    OutcomeKind,
    Qualifier,
    ReportedStatus,
    Source,
    Term,
)
from practices.search.request import SearchRequest

Record = Curated | Country | Term
#: the author of what the knowledge base says
NAME = gettext_lazy("Integration Practices")
#: the closed lists whose codes practices hold
CLOSED_LISTS: list[type[TextChoices]] = [CountryRole, Evidence, Function, OutcomeKind, Qualifier, ReportedStatus]
#: where a record says what it is, the first that it has
ABSTRACTS = ("summary", "statement", "meaning", "description")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class CitationContext:
    """What a citation names besides the record: the site, such as "https://kb.example.org", and the data version.

    It keeps its catalog, so that a file that is sent while it is written is of one data version.
    """

    site: str
    catalog: Catalog

    @classmethod
    def of(cls, request: HttpRequest) -> "CitationContext":
        """Return the context of a request. One query, unless the catalog is pinned."""
        return cls(f"{request.scheme}://{request.get_host()}", current())

    def __str__(self) -> str:
        day = date_format(self.version.date, "j F Y")
        return _("data version %(number)s, %(date)s") % {"number": self.version.number, "date": day}

    @property
    def version(self) -> DataVersion:
        return self.catalog.version

    @property
    def vocabularies(self) -> Vocabularies:
        return self.catalog.vocabularies

    @cached_property
    def labels(self) -> dict[type[TextChoices], dict[str, str]]:
        """The labels of closed lists in the reader's language; to translate each for each practice takes seconds."""
        return {choices: {code: str(label) for code, label in choices.choices} for choices in CLOSED_LISTS}

    def address(self, record: Record) -> str:
        """Return the permanent address of a record."""
        return f"{self.site}{record.get_absolute_url()}"


@dataclass(frozen=True)
class Work:
    """One work of a reference list: a page of the knowledge base, or a report. Texts are one line each."""

    key: str
    title: str
    author: str
    year: int
    is_report: bool = False
    url: str = ""
    place: str = ""
    series: str = ""
    number: str = ""
    issn: str = ""
    isbn: str = ""
    date: str = ""
    edition: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    note: str = ""


def one_line(text: object) -> str:
    """Return a text without line breaks and control characters, which could end a field or a record."""
    return CONTROL.sub("", " ".join(str(text).split()))


def web_address(url: str) -> str:
    """Return an address with whatever could end a field encoded; "" where it leads to no web page."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        return ""
    return quote(url, safe="%/:=&?~#+!$,;'()*@[]")


def key_of(record: Record) -> str:
    """Return the key of a record in a reference list, safe in every format and as the name of a file."""
    name = getattr(record, "ref", "") or f"{record._meta.model_name}-{record.natural_key()[0]}"
    return re.sub(r"[^A-Za-z0-9-]", "", name)


def page(record: Record, context: CitationContext, keywords: Iterable[object] = (), note: str = "") -> Work:
    """Return the page of a record as a work whose author is the knowledge base."""
    abstract = next((getattr(record, name) for name in ABSTRACTS if hasattr(record, name)), "")
    return Work(
        key_of(record),
        one_line(record),
        str(NAME),
        context.version.date.year,
        url=context.address(record),
        date=f"{context.version.date:%Y/%m/%d}",
        edition=str(capfirst(str(context))),
        abstract=one_line(abstract),
        keywords=tuple(one_line(word) for word in keywords),
        note=one_line(note),
    )


def report(source: Source) -> Work:
    """Return a report as a work of its publisher."""
    return Work(
        key_of(source),
        one_line(f"{source.title}: {source.subtitle}" if source.subtitle else source.title),
        one_line(source.publisher),
        source.year,
        is_report=True,
        url=web_address(source.url),
        place=one_line(source.place),
        series=one_line(source.series),
        number=one_line(source.number),
        issn=one_line(source.issn),
        isbn=one_line(source.isbn),
    )


def of_practices(entries: Iterable[ExportEntry], context: CitationContext) -> Iterator[Work]:
    """Yield practices as works, and after the first practice that cites it each report."""
    reported: set[str] = set()
    for entry in entries:
        keywords = [*entry.detail.terms["dimensions"], *entry.detail.terms["topics"]]
        yield page(entry.practice, context, keywords, ". ".join(places(entry)))
        yield from (report(source) for source in entry.sources if source.ref not in reported)
        reported.update(source.ref for source in entry.sources)


def of_page(record: Record, context: CitationContext) -> Iterator[Work]:
    """Yield the page of any record but a practice, with the reports that it cites; for a source, the report first.

    One query where records of its kind have citations.
    """
    if isinstance(record, Source):
        yield report(record)
        yield replace(page(record, context), key=f"{key_of(record)}-page")
        return
    yield page(record, context)
    if hasattr(record, "citations"):
        cited = record.citations.order_by().values("section__source")
        yield from map(report, Source.objects.published().filter(pk__in=cited).order_by("year", "sort_key"))


def places(entry: ExportEntry) -> Iterator[str]:
    """Yield for each report where in it a practice stands: "A report (2007): 3.1 A section, paragraphs 4, 5; …"."""
    for source in entry.sources:
        sections = [place(passage) for passage in entry.passages if passage.section.source == source]
        yield f"{source.title} ({source.year}): {'; '.join(sections)}"


def place(passage: CitedSection) -> str:
    """Return where in its report something stands: "3.1 A section, paragraphs 4, 5"."""
    numbers = ", ".join(map(str, passage.paragraphs))
    where = ngettext("paragraph %(list)s", "paragraphs %(list)s", len(passage.paragraphs)) % {"list": numbers}
    return f"{passage.section.numbered_title}, {where}"


def text(record: Record, context: CitationContext) -> str:
    """Return the citation of a record's page; when it was read is for the reader to add."""
    what = f"{record._meta.verbose_name} {getattr(record, 'ref', '')}".strip()
    return _sentences(f"{one_line(record)} ({what})", context, context.address(record))


def search_text(search: SearchRequest, count: int, context: CitationContext) -> str:
    """Return the citation of a result: its conditions, how many practices meet them, in which data version."""
    number = ngettext("%(n)s practice", "%(n)s practices", count) % {"n": count}
    conditions = "; ".join(_conditions(search))
    what = _("Practices with %(conditions)s: %(number)s") if conditions else _("All practices: %(number)s")
    address = f"{context.site}{reverse('practice_list')}{search.links.query}"
    return _sentences(one_line(what % {"conditions": conditions, "number": number}), context, address)


def _conditions(search: SearchRequest) -> Iterator[str]:
    """Yield each condition of a result in words: "Country: Portugal or Spain"."""
    filterset = search.filterset
    for name in dict.fromkeys(name for name, _value in filterset.active_filters):
        value = filterset.cleaned_data[name]
        if name in filterset.facet_filters:
            value = _(" or ").join(filterset.facet_filters[name].choices[code].label for code in value)
        yield f"{filterset.filters[name].label}: {value}"


def _sentences(what: str, context: CitationContext, address: str) -> str:
    return f"{NAME} ({context.version.date.year}). {what}. {capfirst(str(context))}. {address}"
