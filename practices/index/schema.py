"""Every fact of a practice, stated once: what it is called, how it is searched, filtered, exported and compared.

To add a field: a line in `FIELDS` under the name of the model's field. From it follow the search document and the
labels of passages (`index.documents`), the filters (`search.filters`), the columns of files (`exports.table`), the
facts on the page of a practice and in comparisons (`pages`). What a line lacks, `manage.py check` says: see
`index.checks`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from practices.models import Dimension, Kind, Level, PartnershipType, Practice, Stage, TargetGroup, Term, Topic

Label = str | Promise
Weight = Literal["a", "b", "c", ""]
#: the parts of the text index, the weightiest first
WEIGHTS: tuple[Weight, ...] = ("a", "b", "c")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One fact of a practice.

    `name` is that of the model's field; of a fact that is more than one field, a name of its own (`covers` lists them).
    """

    name: str
    #: what one value is called: "Topic"
    label: Label
    #: what all values of one practice are called: "Topics"; the label where it is the same
    heading: Label = ""
    #: in which part of the text index its words stand; "" where it is not searched
    weight: Weight = ""
    #: the query parameter that filters by it; "" where none does
    parameter: str = ""
    #: the relation to the rows that hold it; conditions on the same rows must hold on one row
    row: str = ""
    #: the key of its values in a search document, in a row the column; the name where it is the same
    key: str = ""
    #: the fields of the model that it states; its own name where that is all
    covers: tuple[str, ...] = ()
    #: the columns of files that hold it
    columns: tuple[str, ...] = ()
    #: why no file holds it
    private: str = ""
    #: whether comparisons show it among the facts, and whether a difference is marked there (prose differs anyway)
    compared: bool = True
    marked: bool = True
    #: whether the page of a practice has a place of its own for it; else it is listed among the facts
    placed: bool = False

    @property
    def facet_key(self) -> str:
        """The key of its values in a search document."""
        return self.key or self.name

    @property
    def all_label(self) -> Label:
        """What all values of one practice are called."""
        return self.heading or self.label

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields and relations of the model that it states."""
        return self.covers or ((self.row,) if self.row else (self.name,))

    @cached_property
    def model_field(self) -> Any:
        """The field of the model that holds its values, in rows that of the row's model; None where there is none."""
        model: Any = Practice._meta.get_field(self.row).related_model if self.row else Practice
        name = self.facet_key if self.row else self.name
        return next((field for field in model._meta.get_fields() if field.name == name), None)

    @cached_property
    def vocabulary(self) -> type[Term] | None:
        """The vocabulary of its values; None where they are something else."""
        related = getattr(self.model_field, "related_model", None)
        return related if isinstance(related, type) and issubclass(related, Term) else None

    @cached_property
    def choices(self) -> list[tuple[str, Label]]:
        """The (code, label) of its values where they are a closed list; else none."""
        return list(getattr(self.model_field, "choices", None) or [])

    @cached_property
    def kind(self) -> Literal["terms", "term", "choice", "text", "special"]:
        """How the practice itself holds it; "special" for what has a reader of its own in `documents` and elsewhere."""
        if self.row or self.covers or self.model_field is None:
            return "special"
        if self.vocabulary:
            return "terms" if self.model_field.many_to_many else "term"
        if self.choices:
            return "choice"
        return "text" if isinstance(self.model_field, models.CharField | models.TextField) else "special"

    @property
    def listed(self) -> bool:
        """Whether the page of a practice lists it among the facts."""
        return self.kind != "special" and not self.placed


def term_field(name: str, vocabulary: type[Term], label: Label, heading: Label, **options: Any) -> Field:
    """Return the line of a vocabulary: searched, filtered by the vocabulary's own parameter, exported and compared."""
    line = {"weight": "c", "parameter": vocabulary.parameter, "columns": (name,), **options}
    return Field(name=name, label=label, heading=heading, **line)


#: every fact, in the order of the columns of files and of comparisons
FIELDS: list[Field] = [
    Field(name="title", label=_("Title"), weight="a", columns=("title",), compared=False, placed=True),
    Field(
        name="name",
        label=_("Other name"),
        heading=_("Other names"),
        weight="a",
        covers=("title_original", "title_original_lang", "other_names"),
        columns=("other_names",),
        compared=False,
    ),
    Field(name="summary", label=_("What it is"), weight="b", columns=("summary",), marked=False, placed=True),
    Field(
        name="description",
        label=_("Description"),
        weight="c",
        columns=("description",),
        compared=False,
        placed=True,
    ),
    Field(
        name="country",
        label=_("Country"),
        heading=_("Countries"),
        weight="b",
        parameter="country",
        row="country_links",
        columns=("countries", "country_codes"),
    ),
    Field(
        name="country_role",
        label=_("Role of the country"),
        parameter="country_role",
        row="country_links",
        key="role",
        columns=("countries",),
        compared=False,
    ),
    Field(
        name="place",
        label=_("Place"),
        heading=_("Places"),
        weight="b",
        covers=("places",),
        columns=("places",),
        compared=False,
    ),
    term_field("dimensions", Dimension, _("Dimension"), _("Dimensions")),
    term_field("topics", Topic, _("Topic"), _("Topics")),
    term_field("target_groups", TargetGroup, _("Target group"), _("Target groups")),
    term_field("kind", Kind, _("Kind"), _("Kind"), placed=True),
    term_field("level", Level, _("Level"), _("Level"), placed=True),
    term_field("stages", Stage, _("Stage of migration"), _("Stages of migration")),
    term_field("partnership_types", PartnershipType, _("Partnership"), _("Partnerships"), columns=("partnership",)),
    Field(
        name="role",
        label=_("Stakeholder role"),
        weight="c",
        parameter="role",
        row="involvements",
        columns=("actors",),
        compared=False,
    ),
    Field(
        name="function",
        label=_("Function"),
        parameter="function",
        row="involvements",
        columns=("actors",),
        compared=False,
    ),
    Field(
        name="actor",
        label=_("Stakeholder"),
        weight="b",
        parameter="stakeholder",
        row="involvements",
        key="stakeholder",
        columns=("actors",),
        compared=False,
    ),
    Field(
        name="years",
        label=_("Years"),
        covers=("year_start", "year_end"),
        columns=("first_year", "last_year"),
    ),
    Field(
        name="status",
        label=_("Status"),
        covers=("reported_status", "status_year"),
        columns=("status", "status_year"),
    ),
    Field(name="evidence", label=_("Evidence"), columns=("evidence",), placed=True),
    Field(
        name="outcome",
        label=_("Outcome"),
        heading=_("Outcomes"),
        weight="c",
        covers=("outcomes",),
        columns=("outcomes",),
        compared=False,
    ),
    Field(
        name="source",
        label=_("Source"),
        heading=_("Sources"),
        parameter="source",
        key="sources",
        covers=("citation_links",),
        columns=("sources", "source_refs"),
        compared=False,
    ),
    Field(
        name="finding",
        label=_("Finding"),
        weight="c",
        covers=("findings",),
        private="findings are records of their own, with addresses of their own",
        compared=False,
    ),
]
#: fields of the model that are no fact of a practice, and why
BOOKKEEPING: dict[str, str] = {
    "id": "the database's own number",
    "ref": "a column of every file",
    "slug": "a column of every file",
    "state": "what is exported is published",
    "version": "for curators",
    "created": "for curators",
    "modified": "for curators",
    "published_at": "for curators",
    "reviewed_on": "for curators",
    "sort_key": "made of the title",
    "draft_of": "pending edits are never public",
    "basis": "pending edits are never public",
    "pending_edits": "pending edits are never public",
    "relations": "shown as related practices, each with an address of its own",
    "relations_from_others": "shown as related practices, each with an address of its own",
    "search_document": "made of all of this",
}
#: the fields by name, which is the kind of their passages
BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
#: the fields that filter, by parameter
FACETS: dict[str, Field] = {field.parameter: field for field in FIELDS if field.parameter}


def passage_label(kind: str) -> str:
    """Return what a passage of this kind is called: "Target group"; its own name where no field has it any more."""
    return str(BY_NAME[kind].label) if kind in BY_NAME else str(capfirst(kind.replace("_", " ")))


def passage_weight(kind: str) -> Weight:
    """Return in which part of the text index the words of a passage stand."""
    return (BY_NAME[kind].weight if kind in BY_NAME else "") or WEIGHTS[-1]
