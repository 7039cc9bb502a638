"""The pages on which readers suggest a correction or a practice, and follow what became of it."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Model
from django.urls import Resolver404, get_script_prefix, resolve

from practices.models import Curated, ReaderSuggestion
from practices.models.suggestion import KINDS, REWRITABLE, key_of_record, parts_of
from practices.querysets import CuratedQuerySet

REF = re.compile(r"([A-Z]{3})-[0-9]{1,9}")
BY_PREFIX: dict[str, type[Curated]] = {model.prefix: model for model in KINDS.values() if issubclass(model, Curated)}
BY_PAGE: dict[str, type[Model]] = {getattr(model, "page", name): model for name, model in KINDS.items()}


@dataclass(frozen=True)
class SuggestPage:
    """What a suggestion is about: a public record and the part of it, or a practice to add.

    `present` is the text of that part, where a reader may rewrite it.
    """

    record: Any = None
    kind: str = ""
    ref: str = ""
    part: str = ""
    present: str = ""

    @property
    def parts(self) -> dict[str, str]:
        """What else of the record a suggestion can be about, with its label; {} for a practice to add."""
        return parts_of(type(self.record)) if self.record else {}

    @property
    def named(self) -> str:
        """How an address names the record: by its ref, else by where its page stands."""
        return self.ref if isinstance(self.record, Curated) else str(self.record.get_absolute_url())

    @property
    def part_label(self) -> str:
        """The part that it is about, in words."""
        return self.parts.get(self.part, "")

    @property
    def rewrites(self) -> bool:
        """Whether the part is one text, which the reader may rewrite."""
        return bool(self.record) and self.part in REWRITABLE[type(self.record)]


def suggest_page(named: str, part: str = "") -> SuggestPage | None:
    """Return what a suggestion is about that names a record, by ref or address, and a part; None where none is public.

    One query, whatever is named.
    """
    record = public_record(named)
    if record is None:
        return None
    kind, ref = key_of_record(record)
    part = part if part in parts_of(type(record)) else ""
    present = getattr(record, part) if part in REWRITABLE[type(record)] else ""
    return SuggestPage(record, kind, ref, part, present)


def public_record(named: str) -> Model | None:
    """Return the public record with this ref, such as IPK-0042, or whose page has this address; else None."""
    ref = REF.fullmatch(named.strip().upper())
    if ref:
        model = BY_PREFIX.get(ref[1])
        return model.objects.published().filter(ref=ref[0]).first() if model else None
    return _at(named)


def _at(address: str) -> Model | None:
    try:
        match = resolve(f"/{urlsplit(address).path.removeprefix(get_script_prefix())}")
    except (Resolver404, ValueError):
        return None
    model = BY_PAGE.get(match.url_name or "")
    key = {"slug" if name == "slug" else "code": value for name, value in match.kwargs.items()}
    if model is None or not key:
        return None
    records = model._default_manager.all()
    public = records.published() if isinstance(records, CuratedQuerySet) else records
    return public.filter(**key).first()


@dataclass(frozen=True)
class SuggestionPage:
    """A suggestion as its reader follows it: the record, as far as it is public, and what was sent, label by label."""

    suggestion: ReaderSuggestion
    record: Model | None
    sent: list[tuple[str, str]]


#: what is shown of a suggestion to its reader, if it was given
SENT = ("title", "problem", "proposal", "where", "credit", "email")


def suggestion_page(suggestion: ReaderSuggestion) -> SuggestionPage:
    """Return what the reader of a suggestion sees of it. One query."""
    labels = {field.name: str(field.verbose_name) for field in suggestion._meta.fields}
    sent = [(labels[name], getattr(suggestion, name)) for name in SENT]
    return SuggestionPage(suggestion, _public(suggestion), [(label, text) for label, text in sent if text])


def _public(suggestion: ReaderSuggestion) -> Model | None:
    """Return the record of a suggestion, or the practice that was made of it, where it is public."""
    record = suggestion.record if suggestion.record_ref else suggestion.edit
    return record if record is not None and getattr(record, "is_published", True) else None
