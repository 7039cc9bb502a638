"""What is told of practices rather than offered as a choice: values of filters with counts, and what no source says."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from pyroaring import BitMap

from practices.catalog.choices import Choice
from practices.catalog.snapshot import Snapshot
from practices.models import Outcome
from practices.querysets import is_published


@dataclass(frozen=True)
class Value:
    """A value of a filter: its name, how many practices have it, and where they are listed ("" where nowhere)."""

    name: str
    count: int | None = None
    url: str = ""

    def __str__(self) -> str:
        return self.name if self.count is None else f"{self.name} {self.count}"


def telling(choices: dict[str, Choice], counts: dict[str, int]) -> list[Choice]:
    """Return the values that occur, without a broader one that says no more than a narrower one of the same count."""
    told: list[Choice] = []
    top = None
    for choice in choices.values():
        if not choice.depth:
            top = choice
        elif top in told and counts.get(choice.value) and counts.get(top.value) == counts[choice.value]:
            told.remove(top)
        if counts.get(choice.value):
            told.append(choice)
    return told


def outcomes_told(practices: Iterable[int] | None = None) -> list[int]:
    """Return the public practice of every outcome that is reported, of all or of some practices. One query."""
    outcomes = Outcome.objects.filter(is_published("practice"))
    if practices is not None:
        outcomes = outcomes.filter(practice__in=practices)
    return list(outcomes.values_list("practice_id", flat=True))


def unsaid(practices: BitMap, collection: Snapshot, with_outcomes: Iterable[int], missing: list[str]) -> list[str]:
    """Return what no source says of some practices, each in a sentence; `missing` are dimensions that none has."""
    total, said = len(practices), []
    if total and missing:
        said.append(_("No practice in these dimensions: %(list)s.") % {"list": ", ".join(missing)})
    if silent := len(practices - BitMap(with_outcomes)):
        said.append(_("No result or limit is reported for %(n)s of %(total)s.") % {"n": silent, "total": total})
    if undated := len(practices - BitMap(practice for _first, _last, practice in collection.years)):
        said.append(_("No year is stated for %(n)s of %(total)s.") % {"n": undated, "total": total})
    return said
