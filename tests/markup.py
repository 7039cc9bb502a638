"""What a page of HTML consists of, as far as tests ask."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin

#: elements that have no end
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: what may name a file or a page
NAMING = ("href", "src", "action", "srcset", "poster", "data", "formaction", "hx-get")
#: what names other elements of the same page by their ids
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers", "list", "form")


class Page(HTMLParser):
    """The elements, names, ids and headings of a page."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url = url
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.names: list[str] = []
        self.referred: set[str] = set()
        self.attributes: dict[str, dict[str, str]] = {}  # of the last element of each kind
        self.texts: dict[str, str] = {}  # of headings and the title
        self.unclosed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.attributes[tag] = values
        if "id" in values:
            self.ids[values["id"]] += 1
        self.names += [urljoin(self.url, values[name]) for name in NAMING if values.get(name)]
        self.referred |= {part for name in REFERRING for part in values.get(name, "").split()}
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unclosed:
            while self.unclosed.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in ("title", "h1"):
            if tag in self.unclosed and "svg" not in self.unclosed:
                self.texts[tag] = f"{self.texts.get(tag, '')} {data}".strip()

    def internal(self) -> list[str]:
        """Return what the page names on this site."""
        return [name for name in self.names if name.startswith("/")]
