"""Made-up published records in any number, for benches and tests: the shape of real ones, not a sentence of theirs.

Words, terms, countries and organisations are drawn by Zipf's law, as they fall in real collections: few are everywhere,
most are rare. The same seed on the same vocabularies makes the same records. Their slugs start with `PREFIX`.

`python -m bench.synthetic N` fills a scratch database, to see how the site behaves when it has grown.
"""

import hashlib
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Generic, TypeVar

import django
from django.db import models, transaction
from django.db.models.functions import Length

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
django.setup()

from practices import models as kb  # noqa: E402 (models need Django)
from practices.index import writer  # noqa: E402
from practices.models.curated import sort_key  # noqa: E402

T = TypeVar("T")
Record = TypeVar("Record", bound=kb.Curated)

PREFIX = "synthetic-"
#: how many practices are in memory at once, with all that belongs to them
CHUNK = 1000
#: long ago, so that real practices stay the latest; each record is published a minute after the one before it
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
YEARS = range(1985, 2025)

#: the most frequent first
WORDS = """
 migrants integration local support women services language work community training young children city refugees rights
 employment school health housing families advice national programme social public partners network access culture
 project workers centre learning centres information municipal education skills participation teachers volunteers course
 newcomers arrival origin destination diaspora association dialogue mentoring guidance counselling office residents
 neighbourhood region regional employers unions apprentices qualifications recognition diplomas interpreters translation
 nurses doctors clinics prevention mental care elderly parents pupils students universities scholarships nannies
 kindergarten literacy classes evening digital online mobile telephone hotline desk counter bus library museum theatre
 music sport football festival cooking gardens radio television newspaper journalists campaign awareness posters stories
 stereotypes discrimination racism equality law decree reform permit residence citizenship naturalisation voting council
 consultation assembly representatives leaders faith mosque church interfaith youth girls boys mothers fathers couples
 marriage reunification unaccompanied minors guardians shelter reception asylum return reintegration circular seasonal
 domestic agricultural construction catering hotels factories entrepreneurs business microcredit loans savings
 remittances banks insurance pensions taxes contracts wages inspection trafficking victims lawyers legal aid courts
 mediation mediators police safety trust contact friendship meetings workshops seminars conference handbook toolkit
 manual guide website database observatory research survey indicators evaluation monitoring statistics census report
 funding budget grants foundation charity donors ministry agency department authority commission governor mayor
 councillors officials coordination strategy plan policy framework agreement charter protocol pact compact alliance
 consortium platform forum hub exchange twinning cities villages islands border port harbour airport station transport
 tickets travel departure predeparture orientation briefing visas consulate embassy documents registration identity
 cards portal application appointments waiting rooms tenants landlords rents hostels apartments renovation square park
 playground streets market shops cafés kitchen crafts sewing carpentry welding plumbing driving licence tests
 certificates modules curriculum textbooks dictionary bilingual multilingual accents reading writing speaking listening
 tandem buddies godparents hosts neighbours elders veterans peers role models champions ambassadors pioneers graduates
 trainees interns jobseekers unemployed vacancies placement matching profiles portfolio assessment bridging upskilling
"""
SYLLABLES = """
 al an ar bel bor cal cor dan del dor el en fal far gal gor hal hel il jor kal kar lan lor mal mar mir nal nor ol or
 pal per ran ros sal sor tal ter ul val ver vor wen zan zel
"""


SCRATCH = (
    "On a scratch database: set DATABASE_URL=sqlite:////tmp/scratch.sqlite3, then run "
    "`manage.py migrate` and `manage.py loaddata 01_vocabularies 02_countries`."
)


class NoVocabularies(Exception):
    """There is nothing to draw from: the database holds no terms or no countries."""


def holds_real_practices() -> bool:
    """Whether readers of this database would find made-up practices beside real ones."""
    return kb.Practice.objects.published().exclude(slug__startswith=PREFIX).exists()


@transaction.atomic
def make(number: int, *, seed: int = 1, report: Callable[[str], None] = lambda line: None) -> None:
    """Make `number` published practices with their rows, and stakeholders, findings, sources, events in proportion.

    All or nothing; raises the data version once. Memory does not grow with `number`. No history is written.
    """
    draw = Draw(seed)
    stakeholders = Zipf(draw.random, [stakeholder.pk for stakeholder in _stakeholders(draw, max(1, number // 20))])
    sections = Zipf(draw.random, _sections(draw, _events(draw, stakeholders), sources=min(3, 1 + number // 1000)))
    for start in range(0, number, CHUNK):
        size = min(CHUNK, number - start)
        _chunk(draw, size, stakeholders, sections)
        report(f"{start + size} of {number} practices")
    writer.refresh(lambda done, total: report(f"{done} of {total} practices indexed"))
    kb.DataVersion.raise_number()


# What is drawn from


class Zipf(Generic[T]):
    """Items of which the n-th comes n times less often than the first."""

    def __init__(self, random: Random, items: Sequence[T]) -> None:
        self.random, self.items = random, items
        self.weights = list(accumulate(1 / rank for rank in range(1, len(items) + 1)))

    def many(self, number: int) -> list[T]:
        """Return `number` items, some of them more than once."""
        return self.random.choices(self.items, cum_weights=self.weights, k=number) if self.items else []

    def some(self, minimum: int, maximum: int) -> list[T]:
        """Return different items, at most `maximum`; at least one unless `minimum` is 0."""
        return list(dict.fromkeys(self.many(self.random.randint(minimum, maximum))))

    def single(self) -> T:
        return self.many(1)[0]


class Draw:
    """Everything that is drawn from, with one generator, so that the seed decides all. Rows are primary keys."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.words = Zipf(self.random, WORDS.split())
        self.terms = {model: self._rows(model, "code") for model in kb.VOCABULARIES}
        self.countries = self._rows(kb.Country, "alpha2")
        self.places = self._rows(kb.Place, "country__alpha2", "name")
        if not all(rows.items for rows in (*self.terms.values(), self.countries)):
            raise NoVocabularies

    def _rows(self, model: Any, *key: str) -> Zipf[int]:
        # sorted here, not by the database: the same on every collation
        rows = [row[-1] for row in sorted(model.objects.values_list(*key, "pk"))]
        self.random.shuffle(rows)
        return Zipf(self.random, rows)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def year(self) -> int:
        return self.random.choice(YEARS)

    def name(self) -> str:
        """Return a proper name that is nobody's: the long tail of rare words that real texts have."""
        return "".join(self.random.choices(SYLLABLES.split(), k=self.random.randint(2, 3))).capitalize()

    def phrase(self, minimum: int, maximum: int) -> str:
        return " ".join(self.words.some(minimum, maximum))

    def title(self) -> str:
        return f"{self.phrase(2, 5).capitalize()} {self.name()}"

    def text(self, sentences: int) -> str:
        """Return that many sentences of eight to eighteen words."""
        lengths = [self.random.randint(8, 18) for _ in range(sentences)]
        return " ".join(f"{' '.join(self.words.many(length)).capitalize()}." for length in lengths)


# Writing


def _identities(model: type[kb.Curated], size: int) -> Iterator[dict[str, Any]]:
    """Yield what names and publishes each of `size` new records, and move the sequence of refs on past them."""
    sequence, _ = kb.RefSequence.objects.get_or_create(prefix=model.prefix)
    highest = model.objects.order_by(Length("ref"), "ref").values_list("ref", flat=True).last()
    first = max(sequence.last, int(highest.partition("-")[2]) if highest else 0) + 1
    kb.RefSequence.objects.filter(pk=sequence.pk).update(last=first + size - 1)
    for number in range(first, first + size):
        day = EPOCH + timedelta(minutes=number)
        yield {
            "ref": f"{model.prefix}-{number:04}",
            "slug": f"{PREFIX}{number}",
            "state": kb.State.PUBLISHED,
            "created": day,
            "published_at": day,
        }


def _create(records: list[Record]) -> list[Record]:
    """Write records at once, with the sort key that `save()` would give them; returns them with primary keys."""
    for record in records:
        record.sort_key = sort_key(getattr(record, record.name_field))
    if records:
        type(records[0])._default_manager.bulk_create(records)
    return records


def _link(model: Any, name: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Write the rows of a many-to-many field: (primary key of the record, primary key of what it is linked to)."""
    field = model._meta.get_field(name)
    owner, target = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    through = field.remote_field.through
    through.objects.bulk_create(through(**{owner: record, target: linked}) for record, linked in pairs)


def _cite(rows: Sequence[models.Model], citations: list[int], draw: Draw) -> None:
    if rows:
        _link(type(rows[0]), "citations", [(row.pk, draw.random.choice(citations)) for row in rows])


# Records that practices refer to


def _stakeholders(draw: Draw, size: int) -> list[kb.Stakeholder]:
    return _create(
        [
            kb.Stakeholder(
                **identity,
                name=f"{draw.name()} {draw.phrase(1, 3)}",
                role_id=draw.terms[kb.StakeholderRole].single(),
                country_id=draw.countries.single(),
                description=draw.text(1),
            )
            for identity in _identities(kb.Stakeholder, size)
        ]
    )


def _events(draw: Draw, stakeholders: Zipf[int]) -> list[kb.Event]:
    """Make three meetings of four sessions, each with a presenter, and twelve countries represented."""
    events = _create(
        [
            kb.Event(**identity, name=draw.title(), starts=str(draw.year()), country_id=draw.countries.single())
            for identity in _identities(kb.Event, 3)
        ]
    )
    for event in events:
        rows = [kb.Session(event=event, position=n, title=draw.title()) for n in range(1, 5)]
        present: list[dict[str, Any]] = [
            {"session": session, "stakeholder_id": stakeholders.single(), "part": kb.Part.PRESENTER}
            for session in kb.Session.objects.bulk_create(rows)
        ]
        present += [{"country_id": country} for country in draw.countries.some(12, 12)]
        kb.Representation.objects.bulk_create(
            kb.Representation(event=event, position=n, **participant) for n, participant in enumerate(present, 1)
        )
    return events


def _sections(draw: Draw, events: list[kb.Event], sources: int) -> list[int]:
    """Make the reports, each with three sections of three sections, and return all sections' primary keys."""
    sections: list[int] = []
    for event, identity in zip(events, _identities(kb.Source, sources), strict=False):
        year = draw.year()
        years: dict[str, Any] = {"year": year, "reported_year": year}
        report = kb.Source(
            **identity, **years, title=draw.title(), publisher=draw.name(), languages=["en"], event=event
        )
        [source] = _create([report])
        tops = [_section(draw, source, position) for position in (1, 5, 9)]
        kb.Section.objects.bulk_create(tops)
        below = [_section(draw, source, top.position + n, parent=top) for top in tops for n in (1, 2, 3)]
        sections += [section.pk for section in (*tops, *kb.Section.objects.bulk_create(below))]
    return sections


def _section(draw: Draw, source: kb.Source, position: int, parent: kb.Section | None = None) -> kb.Section:
    return kb.Section(
        source=source, position=position, parent=parent, title=draw.phrase(2, 5).capitalize(), paragraphs=40
    )


def _citations(draw: Draw, size: int, sections: Zipf[int]) -> list[int]:
    rows = [
        kb.Citation(
            section_id=section,
            paragraph=draw.random.randint(1, 40),
            fingerprint=hashlib.sha256(draw.random.randbytes(16)).hexdigest(),
        )
        for section in sections.many(size)
    ]
    return [row.pk for row in kb.Citation.objects.bulk_create(rows)]


# Practices, their rows and the findings they illustrate

TERMS: dict[str, tuple[type[kb.Term], int, int]] = {
    "dimensions": (kb.Dimension, 1, 2),
    "topics": (kb.Topic, 1, 4),
    "target_groups": (kb.TargetGroup, 0, 3),
    "stages": (kb.Stage, 0, 2),
    "partnership_types": (kb.PartnershipType, 0, 1),
}


def _chunk(draw: Draw, size: int, stakeholders: Zipf[int], sections: Zipf[int]) -> None:
    """Make some practices with all that belongs to them. They are related among themselves only."""
    citations = _citations(draw, 2 * size, sections)
    practices = _create([_practice(draw, identity) for identity in _identities(kb.Practice, size)])
    for name, (model, minimum, maximum) in TERMS.items():
        terms = draw.terms[model]
        _link(
            kb.Practice, name, [(practice.pk, term) for practice in practices for term in terms.some(minimum, maximum)]
        )
    _link(kb.Practice, "places", [(practice.pk, place) for practice in practices for place in draw.places.some(0, 1)])
    kb.CountryLink.objects.bulk_create(row for practice in practices for row in _country_links(draw, practice))
    kb.PracticeCitation.objects.bulk_create(
        row for practice in practices for row in _supports(draw, practice, citations)
    )
    involvements = (row for practice in practices for row in _involvements(draw, practice, stakeholders))
    _cite(kb.Involvement.objects.bulk_create(involvements), citations, draw)
    _cite(
        kb.Outcome.objects.bulk_create(row for practice in practices for row in _outcomes(draw, practice)),
        citations,
        draw,
    )
    relations = (row for n, practice in enumerate(practices) for row in _relations(draw, practice, practices[:n]))
    _cite(kb.Relation.objects.bulk_create(relations), citations, draw)
    _findings(draw, max(1, size // 10), practices, citations)


def _practice(draw: Draw, identity: dict[str, Any]) -> kb.Practice:
    start = draw.year() if draw.chance(0.7) else None
    return kb.Practice(
        **identity,
        title=draw.title(),
        summary=draw.text(2),
        description=draw.text(draw.random.randint(2, 6)),
        kind_id=draw.terms[kb.Kind].single(),
        level_id=draw.terms[kb.Level].single(),
        year_start=start,
        year_end=start + draw.random.randint(0, 9) if start and draw.chance(0.4) else None,
        reported_status=draw.random.choice(kb.ReportedStatus.values),
        evidence=draw.random.choice(kb.Evidence.values),
    )


def _country_links(draw: Draw, practice: kb.Practice) -> Iterator[kb.CountryLink]:
    for position, country in enumerate(draw.countries.some(1, 3), 1):
        role = kb.CountryRole.DESTINATION if position == 1 else draw.random.choice(kb.CountryRole.values)
        yield kb.CountryLink(practice=practice, position=position, country_id=country, role=role)


def _involvements(draw: Draw, practice: kb.Practice, stakeholders: Zipf[int]) -> Iterator[kb.Involvement]:
    for position, role in enumerate(draw.terms[kb.StakeholderRole].some(1, 4), 1):
        named = draw.chance(0.6)
        yield kb.Involvement(
            practice=practice,
            position=position,
            role_id=role,
            function=draw.random.choice(kb.Function.values),
            stakeholder_id=stakeholders.single() if named else None,
            note="" if named else draw.phrase(2, 4),
        )


def _outcomes(draw: Draw, practice: kb.Practice) -> Iterator[kb.Outcome]:
    for position in range(1, draw.random.randint(1, 4)):
        figure = {"value": draw.random.randint(2, 9999), "qualifier": kb.Qualifier.ABOUT, "unit": draw.words.single()}
        yield kb.Outcome(
            practice=practice,
            position=position,
            kind=draw.random.choice(kb.OutcomeKind.values),
            statement=draw.text(1),
            **(figure if draw.chance(0.4) else {}),
        )


def _relations(draw: Draw, practice: kb.Practice, others: list[kb.Practice]) -> Iterator[kb.Relation]:
    for position, other in enumerate(draw.random.sample(others, min(len(others), draw.random.randint(0, 2))), 1):
        kind = draw.random.choice(kb.RelationKind.values)
        yield kb.Relation(practice=practice, position=position, other=other, kind=kind)


def _supports(draw: Draw, practice: kb.Practice, citations: list[int]) -> Iterator[kb.PracticeCitation]:
    for position, citation in enumerate(draw.random.sample(citations, draw.random.randint(1, 2)), 1):
        supports = kb.Supports.RECORD if position == 1 else draw.random.choice(kb.Supports.values)
        yield kb.PracticeCitation(practice=practice, position=position, citation_id=citation, supports=supports)


def _findings(draw: Draw, size: int, practices: list[kb.Practice], citations: list[int]) -> None:
    """Make findings, the second half of them each under one of the first half."""
    drafts = [
        kb.Finding(
            **identity,
            title=draw.title(),
            statement=draw.text(1),
            kind=draw.random.choice(kb.FindingKind.values),
            position=position,
        )
        for position, identity in enumerate(_identities(kb.Finding, size), 1)
    ]
    tops = _create(drafts[: (size + 1) // 2])
    for finding in drafts[len(tops) :]:
        finding.parent = draw.random.choice(tops)
    findings = tops + _create(drafts[len(tops) :])
    pools = {name: draw.terms[model] for name, (model, _, _) in TERMS.items() if hasattr(kb.Finding, name)}
    pools |= {"roles": draw.terms[kb.StakeholderRole], "countries": draw.countries}
    pools["practices"] = Zipf(draw.random, [practice.pk for practice in practices])
    for name, pool in pools.items():
        _link(kb.Finding, name, [(finding.pk, pk) for finding in findings for pk in pool.some(0, 4)])
    _cite(findings, citations, draw)


def main() -> None:
    """Fill the database of DATABASE_URL, or say on one line why nothing was made."""
    parser = ArgumentParser("bench.synthetic", description="Make N published practices, all or nothing.")
    parser.add_argument("number", type=int, metavar="N", help="how many practices to make")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same practices (1)")
    parser.add_argument("--into-real", action="store_true", help="put them beside real published practices")
    options = parser.parse_args()
    if options.number < 1:
        parser.error("N is the number of practices to make: 1 or more.")
    if not options.into_real and holds_real_practices():
        parser.error(
            "Nothing was made: this database holds real published practices, and readers would not tell them from "
            f"made-up ones. {SCRATCH} If this is a scratch copy, add --into-real."
        )
    try:
        make(options.number, seed=options.seed, report=lambda line: print(line, flush=True))
    except NoVocabularies:
        sys.exit(f"Nothing was made: there are no vocabularies or countries. {SCRATCH}")


if __name__ == "__main__":
    main()
