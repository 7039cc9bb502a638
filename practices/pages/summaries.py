"""What sets of practices have in common: the values that describe them, their outcomes, and what no source says."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from pyroaring import BitMap

from practices.catalog.choices import Choice
from practices.catalog.snapshot import Snapshot
from practices.models import Outcome
from practices.querysets import is_published


def without_redundant_parents(choices: dict[str, Choice], counts: dict[str, int]) -> list[Choice]:
    """Return the values that occur, without a broader one that has the same count as one of its narrower values."""
    values: list[Choice] = []
    top = None
    for choice in choices.values():
        if not choice.depth:
            top = choice
        elif top in values and counts.get(choice.value) and counts.get(top.value) == counts[choice.value]:
            values.remove(top)
        if counts.get(choice.value):
            values.append(choice)
    return values


def outcome_counts(practices: Iterable[int] | None = None) -> Counter[int]:
    """Return how many outcomes are reported of each public practice, of all or of some of them. One query."""
    outcomes = Outcome.objects.filter(is_published("practice"))
    if practices is not None:
        outcomes = outcomes.filter(practice__in=practices)
    return Counter(outcomes.values_list("practice_id", flat=True))


def gaps(practices: BitMap, snapshot: Snapshot, with_outcomes: Iterable[int], missing: list[str]) -> list[str]:
    """Return what no source says of some practices, each in a sentence; `missing` are dimensions that none has."""
    total, sentences = len(practices), []
    if total and missing:
        sentences.append(_("No practice in these dimensions: %(list)s.") % {"list": ", ".join(missing)})
    if number := len(practices - BitMap(with_outcomes)):
        sentences.append(_("No result or limit is reported for %(n)s of %(total)s.") % {"n": number, "total": total})
    if number := len(practices - BitMap(practice for _first, _last, practice in snapshot.years)):
        sentences.append(_("No year is stated for %(n)s of %(total)s.") % {"n": number, "total": total})
    return sentences
