"""Every public address of the site, from its URL patterns and the records in the database."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZipFile

from django.db.models import Count, QuerySet
from django.test import Client
from django.urls import Resolver404, URLPattern, resolve, reverse

from practices import models as kb
from practices.exports import suffixed
from practices.urls import urlpatterns
from tests.markup import Page
from tests.responses import Response

#: whose records each page with an argument shows
SHOWN: dict[str, Any] = {
    "practice": kb.Practice,
    "country": kb.Country,
    "role": kb.StakeholderRole,
    "stakeholder": kb.Stakeholder,
    "dimension": kb.Dimension,
    "topic": kb.Topic,
    "group": kb.TargetGroup,
    "finding": kb.Finding,
    "source": kb.Source,
    "event": kb.Event,
}
#: what the pages are asked for that show what the address names: the first public practices, or countries
ASKED = {"compare": "practice", "selection": "practice", "brief": "country"}
#: how what belongs to a record is named
RELATIONS = ("practices", "involvements", "outcomes", "findings", "links", "sections", "representations")
#: pages with a form: kept by no cache, and they set the cookie that proves where the form was sent from
FORMS = {"suggest"}
#: pages at an address that only one reader knows: `tests/views/test_suggest.py` visits them
PRIVATE = {"suggestion"}
#: pages that are no HTML for readers
HEALTH = ["/livez", "/readyz", "/robots.txt"]
#: how the names of exports end; before it stands the name of the page at the same address
EXPORT = "_export"


def patterns() -> list[URLPattern]:
    """Return the public URL patterns."""
    return [one for one in urlpatterns if isinstance(one, URLPattern) and one.name not in PRIVATE]


def has_form(url: str) -> bool:
    """Whether a page with a form is at this address."""
    return resolve(urlsplit(url).path).url_name in FORMS


def records(name: str) -> QuerySet[Any]:
    """Return the public records that a page with an argument shows."""
    model = SHOWN[name]
    return model.objects.published() if model in kb.CURATED else model.objects.all()


def address(name: str, record: Any = None) -> str:
    """Return the address of a page, of this record where it shows one."""
    return reverse(name) + query(name) if record is None else record.get_absolute_url()


def query(name: str) -> str:
    """Return the query string with which a page has something to show."""
    if name not in ASKED:
        return ""
    if ASKED[name] == "country":
        return "?country=AU"
    return "?" + "&".join(f"practice={one.slug}" for one in kb.Practice.objects.published().by_title()[:4])


def body(response: Response) -> str:
    """Return the text of an answer, that of every part where it is an archive such as DOCX."""
    content = response.getvalue() if response.streaming else response.content
    if not content.startswith(b"PK"):
        return str(content.decode())
    with ZipFile(BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def one_of_each() -> list[str]:
    """Return one address of each public page, records with the most to show first."""
    return [longest(pattern)[0] for pattern in patterns()]


def exports() -> list[str]:
    """Return one address of each kind of export, in every format."""
    return [url for pattern in patterns() if is_export(pattern) for url in longest(pattern)]


def is_export(pattern: URLPattern) -> bool:
    """Whether a pattern leads to a page in other formats."""
    return str(pattern.name).endswith(EXPORT)


def longest(pattern: URLPattern) -> list[str]:
    """Return the address of the longest page of a pattern; of an export the address in each format."""
    name = str(pattern.name).removesuffix(EXPORT)
    url = address(name, busiest(name) if name in SHOWN else None)
    if is_export(pattern):
        return [suffixed(url, suffix) for suffix in pattern.pattern.converters["to"].formats]
    return [url]


def busiest(name: str) -> Any:
    """Return the record of a page whose page is likely to be the longest: that to which most belongs."""
    pool = records(name)
    weights = dict.fromkeys(pool.order_by("pk").values_list("pk", flat=True), 0)
    for relation in RELATIONS:
        if hasattr(SHOWN[name], relation):
            for pk, number in pool.order_by("pk").values_list("pk").annotate(Count(relation)):
                weights[pk] += number
    assert weights, f"no {name} to show"
    return pool.get(pk=max(weights, key=lambda pk: weights[pk]))


class Files(HTMLParser):
    """Collects the files that a browser fetches for a page of its own accord."""

    ATTRIBUTES = {"link": "href", "script": "src", "img": "src", "use": "href"}
    RELS = {"stylesheet", "preload", "modulepreload", "icon"}

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        target = values.get(self.ATTRIBUTES.get(tag, ""))
        if target and (tag != "link" or values.get("rel") in self.RELS):
            self.found.add(target.partition("#")[0])


def files(html: str) -> set[str]:
    """Return the addresses of the files that a browser fetches for a page of its own accord."""
    collected = Files()
    collected.feed(html)
    return collected.found - {""}


def crawl(client: Client, start: list[str]) -> Iterator[tuple[str, Response, Page | None]]:
    """Yield address, response and, of HTML, the page for all that can be reached from `start`.

    Of the addresses of the same `shape` the first is asked for.
    """
    seen, todo = {shape(url) for url in start}, list(start)
    while todo:
        url = todo.pop(0)
        response = client.get(url)
        is_page = "text/html" in response.headers.get("Content-Type", "")
        page = Page(url, response.content.decode()) if is_page else None
        yield url, response, page
        for target in followed(url, page.internal() if page else []):
            if shape(target) not in seen:
                seen.add(shape(target))
                todo.append(target)


def followed(url: str, links: Iterable[str]) -> Iterator[str]:
    """Yield the addresses on this site to which the links of a page lead, without the part of the page.

    Not from one query to another: every mix of filters leads to every other, and which go together is for other tests.
    """
    for link in links:
        parts = urlsplit(link)
        if not parts.path.startswith("/static/") and not (parts.query and urlsplit(url).query):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


@lru_cache(None)
def shape(url: str) -> tuple[str, ...]:
    """Return what addresses have in common of which one is enough.

    That is the path; of an export, or with a query, the kind of page and the names of the parameters: of which record
    and with which values makes no difference that other tests would not see.
    """
    path, names = urlsplit(url).path, parameters(url)
    try:
        name = str(resolve(path).url_name)
    except Resolver404:
        return path, *names
    return (name + PurePosixPath(path).suffix, *names) if names or name.endswith(EXPORT) else (path,)


def parameters(url: str) -> list[str]:
    """Return the names of the parameters of an address, each once."""
    return sorted({name for name, _ in parse_qsl(urlsplit(url).query)})
