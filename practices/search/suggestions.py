"""What a reader may mean while typing: practices, countries, organisations and terms, each with its address."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from practices.catalog.snapshot import snapshot
from practices.catalog.vocabularies import Reference, reference
from practices.index import text
from practices.models import VOCABULARIES, Practice, StakeholderRole
from practices.search.matching import find
from practices.search.query import parse

MOST_PRACTICES, MOST_OTHERS = 5, 6


@dataclass(frozen=True)
class Suggestion:
    """Something with a page of its own."""

    kind: str
    label: str
    url: str


@dataclass(frozen=True)
class Named:
    """A suggestion with the words by which it is known."""

    suggestion: Suggestion
    words: tuple[str, ...]


def suggestions(typed: str) -> list[Suggestion]:
    """Return what begins so: places to go first, then practices by relevance."""
    query = parse(typed, typing=True)
    if not query.clues:
        return []
    known = reference()
    collection = snapshot(known.version)
    found = find(query, collection)
    in_titles = found.in_field(0)
    keys = found.ranked(in_titles or found.full, 0, MOST_PRACTICES)
    titles = Practice.objects.published().in_bulk(keys)
    practices = [
        Suggestion(_("Practice"), titles[key].title, titles[key].get_absolute_url()) for key in keys if key in titles
    ]
    return [*_others(typed, known), *practices]


def _others(typed: str, known: Reference) -> list[Suggestion]:
    asked = [token.surface for token in text.tokens(typed)]
    fitting = [one for one in _named(known) if all(any(word.startswith(a) for word in one.words) for a in asked)]
    # first those whose name begins so
    fitting.sort(key=lambda one: not one.words[0].startswith(asked[0]))
    return [one.suggestion for one in fitting[:MOST_OTHERS]]


def _named(known: Reference) -> list[Named]:
    """Return everything but practices that has a page, by kind, with the words of its names in three languages."""
    language = _("Country")
    if ("suggestions", language) not in known.choices:
        known.choices["suggestions", language] = list(_all_named(known))
    named: list[Named] = known.choices["suggestions", language]
    return named


def _all_named(known: Reference) -> Any:
    for country in known.named_countries:
        yield _name(
            _("Country"), country.name, country.get_absolute_url(), country.label, country.label_fr, country.label_es
        )
    for model in VOCABULARIES:
        for term in known.vocabulary(model):
            kind = str(model._meta.verbose_name).capitalize() if model is not StakeholderRole else _("Stakeholder role")
            yield _name(kind, term.name, term.get_absolute_url(), term.label, term.label_fr, term.label_es)
    for slug, name in known.stakeholders:
        yield _name(_("Stakeholder"), name, reverse("stakeholder", args=[slug]), name, text.initials(name))


def _name(kind: str, label: str, url: str, *names: str) -> Named:
    return Named(Suggestion(kind, label, url), tuple(token.surface for name in names for token in text.tokens(name)))
