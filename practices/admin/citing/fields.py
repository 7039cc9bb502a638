"""The cite box: wherever a citation is picked, a new one can be made by section, paragraph and first words.

A field of citations takes three kinds of value: the key of a citation; a passage that the cite box has answered for, as
`passage_value` writes it; and a line that somebody typed, "source | section | paragraph | first words", for browsers
without JavaScript. What is not cited yet becomes a citation when the form that holds it is saved, never before, and the
words of a line are forgotten then.
"""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Field, ForeignKey, Prefetch, QuerySet
from django.forms import Script
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from practices.curation.roles import Act, Person, allowed, may
from practices.curation.sources.passages import look_up
from practices.models import Citation, Section, Source
from practices.provenance.fingerprints import WINDOW

#: the parameter of an address of a form that names a passage to begin with: `passage_value` or `place_value`
CITE = "cite"
KEY = re.compile(r"\d{1,18}")
PASSAGE = re.compile(r"(?P<section>\d{1,18})-(?P<paragraph>\d{1,5})-(?P<fingerprint>[0-9a-f]{64})-(?P<words>\d{1,2})")
PLACE = re.compile(r"(?P<section>\d{1,18})-(?P<paragraph>\d{1,5})")


def passage_value(citation: Citation) -> str:
    """Return how a form names a passage: the key of its citation, or what a new one is made of."""
    if citation.pk:
        return str(citation.pk)
    return f"{citation.section_id}-{citation.paragraph}-{citation.fingerprint}-{citation.words}"


def place_value(section: Section, paragraph: int) -> str:
    """Return how an address names a paragraph of which no words are known."""
    return f"{section.pk}-{paragraph}"


def passage_of(value: str, user: Person) -> Citation:
    """Return the citation, saved or not, that a `passage_value` stands for.

    Raises ValidationError where it can be none, or is of a source that the user may not read.
    """
    passage = PASSAGE.fullmatch(value)
    section = readable_section(int(passage["section"]), user) if passage else None
    if not passage or not section or not 1 <= int(passage["words"]) <= WINDOW:
        raise ValidationError(_("This passage is of a section that is there no longer: cite it anew."))
    numbers = {"paragraph": int(passage["paragraph"]), "words": int(passage["words"])}
    citation = Citation(section=section, fingerprint=passage["fingerprint"], **numbers)
    try:
        citation.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise ValidationError(error.messages) from None  # of one field of the form, not by the model's
    key = {"section": section, "fingerprint": citation.fingerprint, **numbers}
    return Citation.objects.named().filter(**key).first() or citation


def passage_in_line(line: str, user: Person) -> Citation:
    """Return the citation, saved or not, that a line means, of a source that the user may read.

    Raises ValidationError where it means none.
    """
    parts = [part.strip() for part in line.split("|", 3)]
    if len(parts) != 4 or not parts[2].isdecimal():
        raise ValidationError(_("“%(line)s”: write source | section | paragraph | first words."), params={"line": line})
    source, section, paragraph, text = parts
    try:
        return look_up(_section(source, section, user), min(int(paragraph[:6]), 32767), text).citation
    except ValidationError as error:
        raise ValidationError([f"{line}: {message}" for message in error.messages]) from None


def readable_sources(user: Person) -> QuerySet[Source]:
    """Return the sources that a user may read and cite."""
    return allowed(user, Act.READ, Source.objects.originals())


def readable_section(key: int, user: Person) -> Section | None:
    """Return the section with this key, None where there is none of a source that the user may read."""
    sections = Section.objects.select_related("source").filter(pk=key, source__in=readable_sources(user).values("pk"))
    return sections.first()


def _section(source: str, section: str, user: Person) -> Section:
    """Return the section of a source that somebody calls so: by its number in the text, or by its title."""
    sources = readable_sources(user)
    report = sources.filter(slug=source.casefold().replace(" ", "-")).first()
    if report is None:
        slugs = ", ".join(sources.order_by("slug").values_list("slug", flat=True))
        raise ValidationError(
            _("There is no source %(source)s. Known are: %(known)s."), params={"source": source, "known": slugs}
        )
    sections = list(report.sections.all())
    for candidate in sections:
        candidate.source = report
    called = [
        candidate
        for candidate in sections
        if section in (str(candidate.position), candidate.numbered_title, candidate.title)
    ]
    called = called or [
        candidate for candidate in sections if section.casefold() in candidate.numbered_title.casefold()
    ]
    if len(called) != 1:
        message = (
            _("Several sections are called so: %(names)s. Give its number.")
            if called
            else _("It has no section %(section)s.")
        )
        names = ", ".join(f"{candidate.position} ({candidate.numbered_title})" for candidate in called)
        raise ValidationError(message, params={"names": names, "section": section})
    return called[0]


# The widget


class CiteBox:
    """A picker of citations with the cite box: lines to type without JavaScript, with it the dialog of `cite.js`."""

    allow_multiple_selected: bool
    choices: Any
    is_required: bool
    create_option: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: what the values are called, as far as they are known; shared by all rows of a form
        self.names: dict[str, str] = {}
        #: a value that a form begins with, besides its own
        self.begins_with = ""
        #: who sees the form, and is told the names of what they may read
        self.user: Person = AnonymousUser()

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        values = self._values(value)
        lines = [entry for entry in values if not is_key_or_passage(entry)]
        picked = [entry for entry in values if is_key_or_passage(entry)]
        select = super().render(name, picked, attrs, renderer)  # type: ignore[misc]
        context = {
            "select": select,
            "name": f"{name}_lines",
            "id": f"{(attrs or {}).get('id', name)}_lines",
            "lines": "\n".join(lines),
            "many": self.allow_multiple_selected,
        }
        return render_to_string("admin/practices/cite/field.html", context)

    @property
    def media(self) -> forms.Media:
        ours = forms.Media(css={"all": ["css/admin/cite.css"]}, js=[Script("js/admin/cite.js", type="module")])  # type: ignore[list-item]
        return super().media + ours  # type: ignore[misc]

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> list[Any]:
        """Return the values that are picked as the only options: all others are asked for by typing."""
        picked = [entry for entry in dict.fromkeys(value) if entry]
        self._learn(picked)
        empty = [] if self.allow_multiple_selected else [self.create_option(name, "", "", not picked, 0)]
        options = (
            self.create_option(name, entry, self.names[entry], True, number)
            for number, entry in enumerate(picked, len(empty))
            if entry in self.names
        )
        return [(None, [*empty, *options], 0)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        picked = super().value_from_datadict(data, files, name)  # type: ignore[misc]
        lines = [line.strip() for line in str(data.get(f"{name}_lines") or "").splitlines() if line.strip()]
        if self.allow_multiple_selected:
            return [*(picked or []), *lines]
        return "\n".join(lines) or picked

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_lines" not in data

    def learn(self, citations: Iterable[Citation]) -> None:
        """Remember what some citations are called that the user may read, if they were read with what names them."""
        named = (citation for citation in citations if "earlier" in getattr(citation, "__dict__", {}))
        readable = (citation for citation in named if may(self.user, Act.READ, citation))
        self.names.update({str(citation.pk): str(citation) for citation in readable})

    def _values(self, value: object) -> list[str]:
        values = value if isinstance(value, (list, tuple)) else [value]
        texts = [str(entry) for entry in values if entry not in (None, "")]
        return [*texts, self.begins_with] if self.begins_with and self.begins_with not in texts else texts

    def _learn(self, picked: list[str]) -> None:
        """Ask what those are called that nobody has told yet. Two queries, and one for each that is new."""
        unknown = [entry for entry in picked if entry not in self.names]
        if keys := [int(entry) for entry in unknown if KEY.fullmatch(entry)]:
            there = Citation.objects.named().filter(pk__in=keys)
            self.names |= {str(entry.pk): str(_("a passage that you may not read")) for entry in there}
            self.learn(there)
        for entry in unknown:
            if PASSAGE.fullmatch(entry):
                try:
                    self.names[entry] = str(_("%(passage)s (new)")) % {"passage": passage_of(entry, self.user)}
                except ValidationError:
                    continue  # the field says so


def is_key_or_passage(value: str) -> bool:
    """Whether a value is one that the select holds, and no line that somebody typed."""
    return bool(KEY.fullmatch(value) or PASSAGE.fullmatch(value))


class CiteSelect(CiteBox, AutocompleteSelect):
    """The cite box of one citation."""


class CiteSelectMultiple(CiteBox, AutocompleteSelectMultiple):
    """The cite box of several citations."""


# The fields


class CitesMixin:
    """What the fields of one and of several citations share: new ones are made for a user who may do so."""

    user: Person = AnonymousUser()

    def passages(self, values: Iterable[str]) -> list[Citation]:
        """Return the citations, saved or not, that values mean which are no keys."""
        citations = [
            passage_of(entry, self.user) if PASSAGE.fullmatch(entry) else passage_in_line(entry, self.user)
            for entry in values
        ]
        if not may(self.user, Act.ADD) and any(citation.pk is None for citation in citations):
            raise ValidationError(_("You may cite only what is cited already."))
        return citations


class CitationField(CitesMixin, forms.ModelChoiceField):
    """One citation, which may be new."""

    def clean(self, value: Any) -> Any:
        text = str(value or "")
        if not text or KEY.fullmatch(text):
            self.queryset = Citation.objects.named()  # asked for here: forms with many rows copy what a field asks
            return super().clean(value)
        if "\n" in text:
            raise ValidationError(_("One passage stands in each row: give one line."))
        return self.passages([text])[0]


class CitationsField(CitesMixin, forms.ModelMultipleChoiceField):
    """Several citations, some of which may be new."""

    def clean(self, value: Any) -> Any:
        values = [str(entry) for entry in value or [] if entry]
        others = [entry for entry in values if not KEY.fullmatch(entry)]
        self.queryset = Citation.objects.named()
        picked = list(super().clean([entry for entry in values if entry not in others] or ([] if others else None)))
        return [*picked, *self.passages(others)]


class CitingAdmin(BaseModelAdmin):
    """An admin of records or rows that cite: its fields of citations are cite boxes."""

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: object) -> forms.Field | None:
        if getattr(db_field, "related_model", None) is not Citation:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        is_single = isinstance(db_field, ForeignKey)
        box = (CiteSelect if is_single else CiteSelectMultiple)(db_field, self.admin_site)
        box.begins_with, box.user = self.begins_with(request), request.user
        form_class = CitationField if is_single else CitationsField
        choices = {"form_class": form_class, "widget": box, "queryset": Citation.objects.all()}
        field: Any = super().formfield_for_dbfield(db_field, request, **{**kwargs, **choices})
        field.user = request.user
        for act in ("add", "change", "delete"):  # the box is the one way
            setattr(field.widget, f"can_{act}_related", False)
        return field

    def begins_with(self, request: HttpRequest) -> str:
        """Return the passage that a form is opened with, "" for none."""
        return ""


class CitingInline(CitingAdmin, InlineModelAdmin):
    """An inline of rows that cite, whose citations are read with one query for all rows."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if request.method == "POST":
            return rows  # what they cite is called by its name where it is shown, not where it is saved
        fields = (*self.model._meta.fields, *self.model._meta.many_to_many)
        cited = [field.name for field in fields if field.related_model is Citation]
        return rows.prefetch_related(*(Prefetch(name, Citation.objects.named()) for name in cited))


def begins_with(request: HttpRequest) -> str:
    """Return the passage that an address names, as a value of a field of citations; "" where it names none.

    A paragraph without words is meant for a record that is added: it is no passage yet.
    """
    value = request.GET.get(CITE, "") if request.method == "GET" else ""
    if KEY.fullmatch(value):
        return value
    if PASSAGE.fullmatch(value):
        try:
            return passage_value(passage_of(value, request.user))  # its key, where it was made meanwhile
        except ValidationError:
            return ""
    match = getattr(request, "resolver_match", None)
    is_added = match is not None and str(match.url_name).endswith("_add")
    place = PLACE.fullmatch(value) if is_added else None
    section = readable_section(int(place["section"]), request.user) if place else None
    return f"{section.source.slug} | {section.position} | {int(place['paragraph'])} | " if place and section else ""
