"""What the page on design shows: the colours as the style sheet has them, and specimens of the components."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.catalog.counts import ranked_values
from practices.catalog.crosstab import Axis, CountTable, cross
from practices.catalog.link import Link
from practices.models import Dimension, Evidence
from practices.pages.prev_next import PreviousNext
from practices.search.cards import Card, cards_of

PURPOSES = {
    "paper": gettext_lazy("The ground of every page"),
    "tint": gettext_lazy("The ground of what a link has just led to"),
    "ink": gettext_lazy("Text"),
    "ink-soft": gettext_lazy("What is said beside the text"),
    "line": gettext_lazy("Hairlines between rows"),
    "line-strong": gettext_lazy("Lines above sections, edges of fields"),
    "accent": gettext_lazy("Links and buttons, and the first arc of the mark"),
    "on-accent": gettext_lazy("Text on buttons"),
    "second": gettext_lazy("The second arc of the mark, and the page you are on"),
    "focus": gettext_lazy("The ring around what has the focus"),
    "economic": gettext_lazy("Dimension: economic"),
    "social": gettext_lazy("Dimension: social"),
    "cultural-religious": gettext_lazy("Dimension: cultural and religious"),
    "legal": gettext_lazy("Dimension: legal"),
    "political": gettext_lazy("Dimension: political"),
}
#: the colour beside which another stands, where it is not the paper
BESIDE = {"paper": "ink", "tint": "ink", "on-accent": "accent"}
TOKEN = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")


class Colour(NamedTuple):
    """A colour token: its values in light and dark, and its contrast in each with what it stands on or bears."""

    name: str
    light: str
    dark: str
    contrast_light: float
    contrast_dark: float

    @property
    def purpose(self) -> str:
        """What the colour is for, in the reader's language."""
        return str(PURPOSES.get(self.name, ""))


@cache
def colours() -> tuple[Colour, ...]:
    """Return the colours of the style sheet, in its order; the page cannot differ from what it describes."""
    text = (Path(settings.STATICFILES_DIRS[0]) / "css" / "tokens.css").read_text()
    tokens = TOKEN.findall(text.partition("@media")[0])
    by_name = {name: (light, dark) for name, light, dark in tokens}
    others = {name: by_name[BESIDE.get(name, "paper")] for name in by_name}
    return tuple(
        Colour(name, light, dark, contrast(light, others[name][0]), contrast(dark, others[name][1]))
        for name, light, dark in tokens
    )


def contrast(colour: str, other: str) -> float:
    """Return the contrast ratio of two colours, such as "#1c2326", as WCAG 2 defines it: from 1 to 21."""
    lighter, darker = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return round((lighter + 0.05) / (darker + 0.05), 1)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True)
class DesignPage:
    """The colours, and for each component something real to show it with."""

    colours: tuple[Colour, ...]
    dimensions: list[Dimension]
    cards: list[Card]
    ranked: list[Link]
    cross: CountTable
    figures: list[Link]
    evidences: list[tuple[str, str]]
    notes: list[SimpleNamespace]
    running: SimpleNamespace
    unknown: SimpleNamespace
    pages: Page[int]
    prev_next: PreviousNext


def design_page() -> DesignPage:
    """Return the page that shows how pages look. One query."""
    snapshot, dimensions = current().snapshot, current().vocabularies.vocabulary(Dimension)
    countries = Axis("country", ranked_values("country", snapshot.all_ids, 3))
    caption = _("Practices by country and dimension")
    return DesignPage(
        colours=colours(),
        dimensions=dimensions,
        cards=cards_of(list(snapshot.sorted_ids["relevance"])[:1]),
        ranked=ranked_values("topic", snapshot.all_ids, 6),
        cross=cross(_("Country"), caption, countries, Axis.of_terms(dimensions)),
        figures=[
            Link(_("practices"), reverse("practice_list"), len(snapshot.all_ids)),
            Link(_("of something else"), "", 0),
        ],
        evidences=[(code, str(label)) for code, label in Evidence.choices],
        notes=[SimpleNamespace(number=number, anchor=f"citation-{number}") for number in (1, 2)],
        running=SimpleNamespace(status_year=2006, reported_status="running", get_reported_status_display=_("Running")),
        unknown=SimpleNamespace(status_year=2010, reported_status="not-stated"),
        pages=Paginator(range(200), 20).page(4),
        prev_next=_prev_next(),
    )


def _prev_next() -> PreviousNext:
    """Return what stands beside something in the middle of a search, all of it at real addresses."""
    before = Link(_("The result before"), reverse("practice_list"))
    after = Link(_("The result after"), reverse("practice_list"))
    return PreviousNext(before, after, 3, 17, reverse("practice_list"), in_search=True)
