"""The practices of a database as `bench.rivals` indexes them: the texts that our search reads, their facet codes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.queries import FACETS


def export(path: str) -> int:
    """Write every published practice as a line of JSON, for the others to index; returns how many there are."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records()]
    Path(path).write_text("\n".join(lines), encoding="utf-8")
    return len(lines)


def records() -> Iterator[dict[str, Any]]:
    """Yield what there is to search of each practice, by title: its texts, and its codes of each facet.

    A narrower term brings the broader one, since our filters find the narrower by the broader.
    """
    from practices import models as kb
    from practices.catalog import current

    known = current().vocabularies
    countries = {pk: (country.alpha2, country.name) for pk, country in known.countries.items()}

    def terms(model: type[kb.Term], rows: Iterable[tuple[int, int]]) -> dict[int, list[tuple[str, str]]]:
        with_broader = ((owner, term) for owner, pk in rows for term in up(known.terms[model][pk]))
        return grouped((owner, (term.code, term.label)) for owner, term in with_broader)

    def up(term: kb.Term) -> list[kb.Term]:
        parent = known.parent(term)
        return [term, parent] if parent else [term]

    def linked(name: str) -> Iterable[tuple[int, int]]:
        through = getattr(kb.Practice, name).through
        relation: Any = kb.Practice._meta.get_field(name)
        target = relation.m2m_reverse_field_name()
        return through.objects.order_by("pk").values_list("practice_id", f"{target}_id")

    def rows(model: Any, *fields: str) -> Any:
        return model.objects.order_by("practice_id", "position").values_list("practice_id", *fields)

    facets = {
        "country": grouped((owner, countries[pk]) for owner, pk in rows(kb.CountryLink, "country_id")),
        "dimension": terms(kb.Dimension, linked("dimensions")),
        "role": terms(kb.StakeholderRole, rows(kb.Involvement, "role_id")),
        "function": grouped((owner, (code, "")) for owner, code in rows(kb.Involvement, "function")),
        "topic": terms(kb.Topic, linked("topics")),
        "group": terms(kb.TargetGroup, linked("target_groups")),
    }
    places = grouped((owner, known.places[pk].name) for owner, pk in linked("places"))
    actors = grouped((owner, name or note) for owner, name, note in rows(kb.Involvement, "stakeholder__name", "note"))
    outcomes = grouped(rows(kb.Outcome, "statement"))
    published = kb.Finding.objects.published().filter(practices__isnull=False)
    findings = grouped(published.order_by("pk").values_list("practices", "title"))
    practices = kb.Practice.objects.published().by_title()
    for pk, slug, title, summary, text in practices.values_list("pk", "slug", "title", "summary", "description"):
        shown = {name: facets[name].get(pk, []) for name in FACETS}
        labels = [label for name in ("topic", "group") for _, label in shown[name]]
        named = [*actors.get(pk, []), *(label for _, label in shown["country"]), *places.get(pk, [])]
        yield {
            "slug": slug,
            "title": title,
            "summary": summary,
            "names": ". ".join(named),
            "text": ". ".join([text, *outcomes.get(pk, []), *findings.get(pk, []), *labels]),
            **{name: list(dict.fromkeys(code for code, _ in codes)) for name, codes in shown.items()},
        }


def grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    """Return the second of each pair by the first."""
    found: dict[int, list[Any]] = defaultdict(list)
    for owner, value in pairs:
        found[owner].append(value)
    return found
