"""What a brief counts: key facts, who acts, and what no source says of its practices.

To add a fact: a line in `FACTS` or `ACTORS`. To add a gap: a sentence in `practices.pages.summaries.gaps`.
"""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current, faceting
from practices.catalog.link import Link
from practices.models import Dimension
from practices.pages import summaries
from practices.pages.brief.content import CitedSource, Fact
from practices.pages.brief.subject import Subject
from practices.pages.summaries import without_redundant_parents

#: facts by filter, and how many values each names
FACTS: dict[str, tuple[Promise, int]] = {
    "country_role": (gettext_lazy("Role of the country"), 3),
    "country": (gettext_lazy("Countries"), 6),
    "dimension": (gettext_lazy("Dimensions"), 5),
    "topic": (gettext_lazy("Topics"), 6),
    "group": (gettext_lazy("Target groups"), 5),
    "level": (gettext_lazy("Levels"), 4),
}
ACTORS: dict[str, tuple[Promise, int]] = {
    "role": (gettext_lazy("Stakeholder roles"), 6),
    "function": (gettext_lazy("Functions"), 5),
    "stakeholder": (gettext_lazy("Stakeholders"), 8),
}


def facts(subject: Subject) -> list[Fact]:
    """Return the key facts: how many practices, where, about what, for whom, when; those without values left out."""
    left_out = "country" if len(subject.search.filterset.cleaned_data["country"]) == 1 else "country_role"
    number = Link(str(len(subject.practices)), subject.list_url)
    counted = (_fact(name, label, limit, subject) for name, (label, limit) in FACTS.items() if name != left_out)
    return [fact for fact in (Fact(_("Practices"), (number,)), *counted, _years(subject)) if fact.values]


def _years(subject: Subject) -> Fact:
    """Return the first and the last year known of the practices."""
    spans = [(first, last) for first, last, practice in subject.snapshot.years if practice in subject.practices]
    if not spans:
        return Fact(_("Years known"), ())
    first, last = min(first for first, _last in spans), max(last for _first, last in spans)
    return Fact(_("Years known"), (Link(f"{first}–{last}" if first < last else str(first)),))


def actors(subject: Subject) -> list[Fact]:
    """Return who acts: roles, functions, organisations."""
    counted = (_fact(name, label, limit, subject) for name, (label, limit) in ACTORS.items())
    return [fact for fact in counted if fact.values]


def _fact(name: str, label: Promise, limit: int, subject: Subject) -> Fact:
    """Return the most frequent values of a filter, at most `limit` of them."""
    counts = _counts(name, subject)
    values = without_redundant_parents(subject.search.filterset.facet_filters[name].choices, counts)
    values.sort(key=lambda choice: -counts[choice.value])  # stable: in the order of the filter where equal
    links = (Link(choice.label, _url(name, choice.value, subject), counts[choice.value]) for choice in values[:limit])
    return Fact(str(label), tuple(links))


def _counts(name: str, subject: Subject) -> dict[str, int]:
    """Return the number of practices of each value, as the address of the value would find them."""
    if subject.results and not subject.search.filterset.cleaned_data[name]:
        return subject.results.faceted.counts(name)
    return faceting.counts(subject.snapshot.by_value(name), subject.practices)


def _url(name: str, value: str, subject: Subject) -> str:
    """Return where the practices with a value are listed; "" where the address would find others as well."""
    if not subject.results or subject.search.filterset.cleaned_data[name]:
        return ""
    return reverse("practice_list") + subject.search.links.adding(name, value)


def gaps(subject: Subject, with_outcomes: Iterable[int], sources: Iterable[CitedSource]) -> list[str]:
    """Return what no source says of the practices, each in a sentence."""
    counts = _counts("dimension", subject)
    missing = [term.name for term in current().vocabularies.vocabulary(Dimension) if not counts.get(term.code)]
    sentences = summaries.gaps(subject.practices, subject.snapshot, with_outcomes, missing)
    latest = max((cited.source.reported_year for cited in sources), default=None)
    if latest:
        sentences.append(
            _("The latest of these reports speaks of %(year)s: what came later is not covered.") % {"year": latest}
        )
    return sentences
