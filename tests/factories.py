"""Small records for tests, each complete enough to be published. Terms come from the real vocabularies.

What is made public is indexed, as publishing would do; a test that changes public records by other ways than the
workflow, the admin and the loaders calls `publish_all()` before it looks for them as a reader.
"""

from itertools import count
from typing import TypeVar

from django.db.models import Model
from django.utils import timezone

from practices import models as kb
from practices.curation import publishing
from practices.index.documents import practices_affected_by
from practices.models.suggestion import key_of_record

Record = TypeVar("Record", bound=kb.Curated)

#: of seven digits each: names with numbers are then as much alike at the end of a run as at its beginning
_number = count(1_000_001)

#: as long as the quality gates ask
SUMMARY = "Summary of practice {}, which says in one plain sentence what it is, who runs it and for whom."


def _published(fields: dict[str, object]) -> dict[str, object]:
    """Give published (and once published) records the date that goes with it."""
    fields.setdefault("state", kb.State.PUBLISHED)
    if fields["state"] == kb.State.PUBLISHED:
        fields.setdefault("published_at", timezone.now())
    return fields


def _shown(record: Record) -> Record:
    """Carry a record that was made public to readers, as publishing would."""
    if record.is_published:
        publishing.refresh_public_data(practices_affected_by(record))
    return record


def publish_all() -> None:
    """Carry to readers what a test changed behind the workflow's back."""
    kb.DataVersion.raise_number()
    publishing.reindexed()


def make_source(**fields: object) -> kb.Source:
    """Return a report with one section of three paragraphs."""
    n = next(_number)
    fields = {"slug": f"report-{n}", "title": f"Report {n}", "publisher": "A publisher", **fields}
    source = kb.Source.objects.create(**_published({"year": 2020, "reported_year": 2019, **fields}))
    kb.Section.objects.create(source=source, position=1, title="First section", paragraphs=3)
    return _shown(source)


def make_citation(source: kb.Source | None = None, **fields: object) -> kb.Citation:
    """Return a passage of a report."""
    section = (source or make_source()).sections.first()
    values = {"section": section, "paragraph": 1, "fingerprint": f"{next(_number):064x}", "words": 10, **fields}
    return kb.Citation.objects.create(**values)


def make_stakeholder(*, role: str = "ngo", country: str = "", **fields: object) -> kb.Stakeholder:
    """Return an organisation."""
    n = next(_number)
    values = {"slug": f"organisation-{n}", "name": f"Organisation {n}", **fields}
    values["role"] = kb.StakeholderRole.objects.get(code=role)
    if country:
        values["country"] = kb.Country.objects.get(alpha2=country)
    return _shown(kb.Stakeholder.objects.create(**_published(values)))


def make_practice(
    *,
    countries: tuple[tuple[str, str], ...] = (("PT", "destination"),),
    dimensions: tuple[str, ...] = ("social",),
    topics: tuple[str, ...] = ("language",),
    groups: tuple[str, ...] = (),
    stages: tuple[str, ...] = (),
    involvements: tuple[tuple[str, str, kb.Stakeholder | None], ...] = (("ngo", "lead", None),),
    kind: str = "programme",
    level: str = "national",
    citation: kb.Citation | None = None,
    **fields: object,
) -> kb.Practice:
    """Return a practice with its rows. `involvements` are (role, function, stakeholder or None)."""
    n = next(_number)
    values = {"slug": f"practice-{n}", "title": f"Practice {n}", "summary": SUMMARY.format(n), **fields}
    values |= {"kind": kb.Kind.objects.get(code=kind), "level": kb.Level.objects.get(code=level)}
    practice = kb.Practice.objects.create(**_published(values))
    practice.dimensions.set(kb.Dimension.objects.filter(code__in=dimensions))
    practice.topics.set(kb.Topic.objects.filter(code__in=topics))
    practice.target_groups.set(kb.TargetGroup.objects.filter(code__in=groups))
    practice.stages.set(kb.Stage.objects.filter(code__in=stages))
    for position, (alpha2, role) in enumerate(countries, 1):
        country = kb.Country.objects.get(alpha2=alpha2)
        kb.CountryLink.objects.create(practice=practice, position=position, country=country, role=role)
    for position, (role, function, stakeholder) in enumerate(involvements, 1):
        kb.Involvement.objects.create(
            practice=practice,
            position=position,
            role=kb.StakeholderRole.objects.get(code=role),
            function=function,
            stakeholder=stakeholder,
        )
    kb.PracticeCitation.objects.create(practice=practice, citation=citation or make_citation())
    return _shown(practice)


def make_finding(
    *, citation: kb.Citation | None = None, practices: tuple[kb.Practice, ...] = (), **fields: object
) -> kb.Finding:
    """Return a finding with a citation. `practices` are those that illustrate it."""
    n = next(_number)
    values = {"slug": f"finding-{n}", "title": f"Finding {n}", "statement": f"Statement {n}.", "kind": "principle"}
    finding = kb.Finding.objects.create(**_published({**values, **fields}))
    finding.citations.add(citation or make_citation())
    finding.practices.add(*practices)
    return _shown(finding)


def make_event(**fields: object) -> kb.Event:
    """Return a meeting."""
    n = next(_number)
    return _shown(kb.Event.objects.create(**_published({"slug": f"event-{n}", "name": f"Event {n}", **fields})))


def make_concept(**fields: object) -> kb.Concept:
    """Return an entry of the glossary."""
    n = next(_number)
    values = {"slug": f"concept-{n}", "term": f"Concept {n}", "definition": f"Definition {n}.", **fields}
    return _shown(kb.Concept.objects.create(**_published(values)))


def make_suggestion(record: Model | None = None, **fields: object) -> kb.ReaderSuggestion:
    """Return what a reader suggests of a record, of a new practice's where none is given."""
    kind, ref = key_of_record(record or make_practice())
    values = {"record_kind": kind, "record_ref": ref, "problem": "This is wrong.", **fields}
    return kb.ReaderSuggestion.objects.create(**values)
