"""What a brief counts: key facts, who acts, and what no source says of its practices.

To add a fact: a line in `FACTS` or `ACTORS`, or a sentence in `told.unsaid`.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.catalog.faceting import counts
from practices.models import Dimension
from practices.pages import summaries as told_of
from practices.pages.brief.content import Cited, Fact
from practices.pages.brief.subject import Subject
from practices.pages.summaries import Value, telling

#: facts by filter, and how many values each names
FACTS: dict[str, tuple[Any, int]] = {
    "country_role": (gettext_lazy("Role of the country"), 3),
    "country": (gettext_lazy("Countries"), 6),
    "dimension": (gettext_lazy("Dimensions"), 5),
    "topic": (gettext_lazy("Topics"), 6),
    "group": (gettext_lazy("Target groups"), 5),
    "level": (gettext_lazy("Levels"), 4),
}
ACTORS: dict[str, tuple[Any, int]] = {
    "role": (gettext_lazy("Stakeholder roles"), 6),
    "function": (gettext_lazy("Functions"), 5),
    "stakeholder": (gettext_lazy("Stakeholders"), 8),
}


def facts(subject: Subject) -> list[Fact]:
    """Return the key facts: how many practices, where, about what, for whom, when."""
    chosen = subject.asked.filterset.cleaned_data
    left_out = "country" if len(chosen["country"]) == 1 else "country_role"
    found = [Fact(_("Practices"), (Value(str(len(subject.practices)), url=subject.list_url),))]
    found += [_fact(name, *one, subject) for name, one in FACTS.items() if name != left_out]
    known = [
        year
        for first, last, practice in subject.collection.years
        if practice in subject.practices
        for year in (first, last)
    ]
    if known:
        span = f"{min(known)}–{max(known)}" if min(known) < max(known) else str(min(known))
        found.append(Fact(_("Years known"), (Value(span),)))
    return [fact for fact in found if fact.values]


def actors(subject: Subject) -> list[Fact]:
    """Return who acts: roles, functions, organisations."""
    return [fact for name, one in ACTORS.items() if (fact := _fact(name, *one, subject)).values]


def _fact(name: str, label: Any, most: int, subject: Subject) -> Fact:
    """Return the most frequent values of a filter among the practices."""
    counts = _counts(name, subject)
    ranked = sorted(
        telling(subject.asked.filterset.facet_filters[name].choices, counts), key=lambda one: -counts[one.value]
    )
    values = (Value(one.label, counts[one.value], _url(name, one.value, subject)) for one in ranked[:most])
    return Fact(str(label), tuple(values))


def _counts(name: str, subject: Subject) -> dict[str, int]:
    """Return the number of practices of each value, as the address of the value would find them."""
    if subject.results and not subject.asked.filterset.cleaned_data[name]:
        return next(facet.counts for facet in subject.results.facets if facet.name == name)
    return counts(subject.collection.by_value(name), subject.practices)


def _url(name: str, value: str, subject: Subject) -> str:
    """Return where the practices with a value are listed; nowhere where the address would find others as well."""
    if not subject.results or subject.asked.filterset.cleaned_data[name]:
        return ""
    return reverse("practice_list") + subject.asked.links.adding(name, value)


def unsaid(subject: Subject, told: Counter[int], cited: Iterable[Cited]) -> list[str]:
    """Return what no source says of the practices, each in a sentence."""
    counts = _counts("dimension", subject)
    missing = [one.name for one in current().vocabularies.vocabulary(Dimension) if not counts.get(one.code)]
    said = told_of.unsaid(subject.practices, subject.collection, told, missing)
    latest = max((one.source.reported_year for one in cited), default=None)
    if latest:
        said.append(
            _("The latest of these reports speaks of %(year)s: what came later is not covered.") % {"year": latest}
        )
    return said
