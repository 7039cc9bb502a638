"""Whether each reported figure stands in a paragraph that is cited for it, in digits or in words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import QuerySet

from practices.curation.sources.verification import Verification
from practices.models import Citation, Event, Outcome, Practice, PracticeCitation

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
WORDS = {
    **{word: number for number, word in enumerate([*ONES, *TEENS])},
    **{word: number * 10 for number, word in enumerate(TENS, 2)},
    **{word: number for number, word in enumerate(ORDINALS, 1)},
    "once": 1,
    "twice": 2,
    "double": 2,
    "triple": 3,
    "dozen": 12,
    "decade": 10,
    # parts of all are reported as per cent
    "half": 50,
    "quarter": 25,
}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+")
SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")

#: a record, the figure, and what it counts
Figure = tuple[Practice | Event, Decimal, str]


def missing_figures(
    practices: QuerySet[Practice], events: QuerySet[Event], texts: Iterable[Verification]
) -> Iterator[Figure]:
    """Yield (record, figure, what it counts) of each figure that no paragraph cited for it states.

    One that may stand in a source whose text is not given is passed over.
    """
    verifications = {text.source.pk: text for text in texts}
    for figure, citations in _figures(practices, events):
        verifiable = [citation for citation in citations if citation.section.source_id in verifications]
        paragraphs = [verifications[citation.section.source_id].cited_text(citation) for citation in verifiable]
        if len(verifiable) == len(citations) and figure[1] not in numbers("\n".join(paragraphs)):
            yield figure


def _figures(practices: QuerySet[Practice], events: QuerySet[Event]) -> Iterator[tuple[Figure, list[Citation]]]:
    """Yield every figure with its citations: an outcome's own, or those of its practice where it has none."""
    outcomes = Outcome.objects.filter(practice__in=practices, value__isnull=False).select_related("practice")
    links: dict[int, list[Citation]] = {}
    for link in PracticeCitation.objects.filter(practice__in=practices).select_related("citation__section"):
        links.setdefault(link.practice_id, []).append(link.citation)
    for outcome in outcomes.prefetch_related("citations__section"):
        citations = list(outcome.citations.all()) or links.get(outcome.practice_id, [])
        yield (outcome.practice, _plain(outcome.value), outcome.unit or outcome.statement), citations
    for event in events.prefetch_related("citations__section"):
        for item in event.attendance:
            yield (event, _plain(item["count"]), item["what"]), list(event.citations.all())


def _plain(value: object) -> Decimal:
    """Return a figure without the zeros that the database adds."""
    figure = Decimal(str(value))
    return figure.quantize(Decimal(1)) if figure == figure.to_integral() else figure.normalize()


def numbers(text: str) -> set[Decimal]:
    """Return every number in `text`: 1,500 as 1500; twenty-eight as 28 alone; 3 million as 3 and as 3000000."""
    text = unicodedata.normalize("NFKC", text).casefold()
    # "1 500" may also be two numbers side by side, so it counts as both
    spaced = {Decimal(match[0].replace(" ", "")) for match in SPACED.finditer(text)}
    return spaced | set(_read(TOKEN.findall(text)))


def _read(tokens: list[str]) -> Iterator[Decimal]:
    previous, before = None, ""
    for token in [*tokens, ""]:
        scale, value = SCALES.get(token), _value(token)
        joined = before in TENS and token in ONES[1:10]  # twenty-eight is no 20
        if previous is not None and not joined:
            yield previous
        if previous is not None and joined and value is not None:
            previous += value
        elif previous is not None and scale:
            previous *= scale
        else:
            previous = value if scale is None else Decimal(scale)
        before = token


def _value(token: str) -> Decimal | None:
    if token[:1].isdigit():
        return Decimal(token.replace(",", ""))
    return Decimal(WORDS[token]) if token in WORDS else None
