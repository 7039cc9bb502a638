"""What a reader may mean while typing: practices, countries, organisations and terms, each with its address."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from practices.catalog import Catalog, current
from practices.catalog.counts import Organisation
from practices.index import text
from practices.models import VOCABULARIES, Country, Practice, StakeholderRole, Term
from practices.search.matching import match
from practices.search.query import parse

MAX_PRACTICES, MAX_OTHERS = 5, 6


@dataclass(frozen=True)
class Suggestion:
    """Something with a page of its own."""

    kind: str
    label: str
    url: str


@dataclass(frozen=True)
class NamedRecord:
    """A country, term or organisation with the words by which it is known, in three languages."""

    kind: str
    record: Country | Term | Organisation
    words: tuple[str, ...]

    @property
    def suggestion(self) -> Suggestion:
        """The suggestion of it; its address is that of the page which asks."""
        return Suggestion(self.kind, str(self.record), self.record.get_absolute_url())


def suggestions(typed: str) -> list[Suggestion]:
    """Return what begins so: places to go first, then practices by relevance. Three queries at most."""
    query = parse(typed, typing=True)
    if not query.terms:
        return []
    catalog = current()
    query_match = match(query, catalog.snapshot)
    keys = query_match.ranked(query_match.in_part(0) or query_match.full, 0, MAX_PRACTICES)
    titles = Practice.objects.published().in_bulk(keys)
    practices = [
        Suggestion(_("Practice"), titles[key].title, titles[key].get_absolute_url()) for key in keys if key in titles
    ]
    return [*_others(typed, catalog), *practices]


def _others(typed: str, catalog: Catalog) -> list[Suggestion]:
    beginnings = [token.surface for token in text.tokens(typed)]
    fitting = [
        record
        for record in catalog.derived(("named records", get_language()), lambda: list(_named_records(catalog)))
        if all(any(word.startswith(beginning) for word in record.words) for beginning in beginnings)
    ]
    # first those whose name begins so
    fitting.sort(key=lambda record: not record.words[0].startswith(beginnings[0]))
    return [record.suggestion for record in fitting[:MAX_OTHERS]]


def _named_records(catalog: Catalog) -> Iterator[NamedRecord]:
    """Yield everything but practices that has a page, by kind."""
    vocabularies = catalog.vocabularies
    for country in vocabularies.named_countries:
        yield _named(_("Country"), country, country.name, country.label, country.label_fr, country.label_es)
    for model in VOCABULARIES:
        kind = str(model._meta.verbose_name).capitalize() if model is not StakeholderRole else _("Stakeholder role")
        for term in vocabularies.vocabulary(model):
            yield _named(kind, term, term.name, term.label, term.label_fr, term.label_es)
    for slug, name in vocabularies.stakeholders:
        yield _named(_("Stakeholder"), Organisation(slug, name), name, text.initials(name))


def _named(kind: str, record: Country | Term | Organisation, *names: str) -> NamedRecord:
    words = dict.fromkeys(token.surface for name in names for token in text.tokens(name))
    return NamedRecord(kind, record, tuple(words))
