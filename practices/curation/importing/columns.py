"""The sheets and columns of files that curators import and export: one declaration, taken from the models.

A sheet holds the records of one kind, or the rows that records of one kind own. Lines of different sheets belong
together by their key: the ref of a record that is there, or any text that stands for a new one. To add a sheet: a line
in `SHEETS`; a field of the model is a column at once.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practices.index.schema import FIELDS
from practices.models import (
    Citation,
    Country,
    CountryLink,
    Curated,
    Finding,
    Involvement,
    Outcome,
    Place,
    Practice,
    PracticeCitation,
    Relation,
    Stakeholder,
    Term,
)

#: the column by which lines of several sheets belong together
KEY = "key"
KEY_HELP = _("The ref of a record that is there, such as IPK-0042, or any text of yours for a new one.")
Kind = Literal["text", "number", "decimal", "choice", "names", "record", "records"]


@dataclass(frozen=True)
class Column:
    """One column: a field of the sheet's model."""

    field: Any

    @property
    def name(self) -> str:
        """What stands above it in a file: the name of the field."""
        return str(self.field.name)

    @property
    def label(self) -> str:
        """What the forms call it."""
        return str(self.field.verbose_name)

    @property
    def required(self) -> bool:
        """Whether a new record cannot do without."""
        return not self.field.blank and not self.field.has_default() and self.name != "slug"

    @cached_property
    def kind(self) -> Kind:
        """What its cells hold."""
        if self.field.is_relation:
            return "records" if self.field.many_to_many else "record"
        if self.field.choices:
            return "choice"
        if isinstance(self.field, models.DecimalField):
            return "decimal"
        if isinstance(self.field, models.IntegerField):
            return "number"
        return "names" if isinstance(self.field, models.JSONField) else "text"

    @property
    def target(self) -> type[models.Model]:
        """The model of the records that its cells name, of the kinds "record" and "records"."""
        model: type[models.Model] = self.field.related_model
        return model

    @property
    def options(self) -> list[tuple[str, str]]:
        """The (code, label) of each value of a closed list; else none."""
        return [(str(code), str(label)) for code, label in self.field.choices or []]

    @property
    def help(self) -> str:
        """What to write into its cells, in words."""
        words = [str(self.field.help_text), str(_shape(self))]
        return " ".join(word for word in words if word)


def _shape(column: Column) -> str | Promise:
    if column.kind == "names":
        return _("text | language | kind, such as: Tres por Uno | es | name; several with a semicolon between them.")
    if column.kind == "choice":
        return _("One of: %s.") % ", ".join(code for code, _label in column.options)
    if column.kind not in ("record", "records"):
        return ""
    named: str | Promise = _("a code or label of the list")
    if column.target is Country:
        named = _("an ISO code or name of a country")
    elif column.target is Place:
        named = _("a place with its country, such as PT Lisbon")
    elif column.target is Citation:
        named = _("a passage, as report/section/paragraph: its first words")
    elif issubclass(column.target, Curated):
        named = _("the ref, slug or name of a record, or the key of a line of this file")
    many = _("several with a semicolon between them") if column.kind == "records" else _("one")
    return f"{named}; {many}."


@dataclass(frozen=True)
class Sheet:
    """The records of one kind, or the rows that others own; `owner` is then the field that leads to the owner."""

    name: str
    model: type[models.Model]
    owner: str = ""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Its columns in the order of files, without the key."""
        meta = self.model._meta
        if self.owner:
            names = [field.name for field in (*meta.fields, *meta.many_to_many)]
            left_out = {"id", "position", self.owner}
        else:
            own = [field.name for field in (*meta.fields, *meta.many_to_many) if field.editable]
            facts = [name for field in FIELDS for name in field.fields] if self.model is Practice else []
            names = ["slug", *(name for name in facts if name in own), *own]
            left_out = {field.name for field in Curated._meta.get_fields()} - {"slug"}
        return tuple(Column(meta.get_field(name)) for name in dict.fromkeys(names) if name not in left_out | {"id"})

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Its columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def label(self) -> str:
        """What the records of the sheet are called."""
        return str(self.model._meta.verbose_name_plural)

    @property
    def owner_model(self) -> type[models.Model]:
        """The model of the records to which its lines belong: the sheet's own, or that of the owners."""
        if not self.owner:
            return self.model
        related: Any = self.model._meta.get_field(self.owner).related_model
        return related


#: every sheet, each after those whose records it names
SHEETS: list[Sheet] = [
    Sheet("stakeholders", Stakeholder),
    Sheet("practices", Practice),
    Sheet("countries", CountryLink, "practice"),
    Sheet("involvements", Involvement, "practice"),
    Sheet("outcomes", Outcome, "practice"),
    Sheet("relations", Relation, "practice"),
    Sheet("citations", PracticeCitation, "practice"),
    Sheet("findings", Finding),
]
BY_NAME: dict[str, Sheet] = {sheet.name: sheet for sheet in SHEETS}
#: the sheet of each kind of record
OF_MODEL: dict[type[models.Model], Sheet] = {sheet.model: sheet for sheet in SHEETS if not sheet.owner}


def rows_of(sheet: Sheet) -> list[Sheet]:
    """Return the sheets of the rows that the records of a sheet own."""
    return [rows for rows in SHEETS if rows.owner and rows.owner_model is sheet.model]


def vocabularies() -> list[type[Term]]:
    """Return the vocabularies that some column names, each once."""
    columns = (column for sheet in SHEETS for column in sheet.columns)
    targets = (column.target for column in columns if column.kind in ("record", "records"))
    return list(dict.fromkeys(target for target in targets if issubclass(target, Term)))
