"""What the page on design shows: the colours as the style sheet has them, and specimens of the components."""

import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.catalog.counts import ranked_values
from practices.catalog.crosstab import Axis, cross
from practices.models import Dimension, Evidence
from practices.pages.prev_next import Neighbour, Neighbours
from practices.search.cards import cards_of

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
    found = TOKEN.findall(text.partition("@media")[0])
    by_name = {name: (light, dark) for name, light, dark in found}
    others = {name: by_name[BESIDE.get(name, "paper")] for name in by_name}
    return tuple(
        Colour(name, light, dark, contrast(light, others[name][0]), contrast(dark, others[name][1]))
        for name, light, dark in found
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, such as "#1c2326", as WCAG 2 defines it: from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round((lighter + 0.05) / (darker + 0.05), 1)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def specimens() -> dict[str, Any]:
    """Return the colours, and for each component something real to show it with. One query."""
    known, held = current().vocabularies, current().snapshot
    dimensions = known.vocabulary(Dimension)
    countries = ranked_values("country", held.all_ids, 3)
    return {
        "colours": colours(),
        "dimensions": dimensions,
        "cards": cards_of(list(held.sorted_ids["relevance"])[:1]),
        "ranked": ranked_values("topic", held.all_ids, 6),
        "cross": cross(
            _("Country"),
            _("Practices by country and dimension"),
            Axis("country", countries),
            Axis.of_terms(dimensions),
        ),
        "figures": [(len(held.all_ids), _("practices"), reverse("practice_list")), (0, _("of something else"), "")],
        "evidences": Evidence.choices,
        "notes": [SimpleNamespace(number=number, anchor=f"citation-{number}") for number in (1, 2)],
        "running": SimpleNamespace(
            status_year=2006, reported_status="running", get_reported_status_display=_("Running")
        ),
        "unknown": SimpleNamespace(status_year=2010, reported_status="not-stated"),
        "pages": Paginator(range(200), 20).page(4),
        "neighbours": _neighbours(),
    }


def _neighbours() -> Neighbours:
    """Return the neighbours of something in the middle of a search, all of them real addresses."""
    before = Neighbour(_("The result before"), reverse("practice_list"))
    after = Neighbour(_("The result after"), reverse("practice_list"))
    return Neighbours(before, after, 3, 17, reverse("practice_list"), in_search=True)
