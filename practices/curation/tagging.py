"""Giving many records a term at once, or taking it from them: at once, or by pending edits where those are required."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation.changes import workflow
from practices.curation.changes.review import is_required
from practices.curation.fixtures.baseline import copy_history
from practices.curation.importing import records as stored_records
from practices.curation.importing.columns import OF_MODEL, Sheet
from practices.curation.importing.planning import Plan, PlannedRecord
from practices.curation.importing.records import Stored
from practices.curation.importing.report import Effect, ImportReport
from practices.curation.importing.writing import ChangedMeanwhile, write
from practices.curation.operations import recorded, rows
from practices.curation.publishing import refresh_public_data
from practices.curation.roles import Person
from practices.index.documents import practices_affected
from practices.models import Curated, Operation, OperationKind, State, Term


@dataclass(frozen=True)
class Tagging:
    """A term that records get, or lose where `adds` is false, in one of their many-to-many fields."""

    relation: Any
    term: Term
    adds: bool

    def __str__(self) -> str:
        names = {"term": self.term, "field": self.relation.verbose_name}
        return (_("Add “%(term)s” to %(field)s") if self.adds else _("Remove “%(term)s” from %(field)s")) % names

    @property
    def owner(self) -> str:
        """The column of the many-to-many rows that names the record."""
        return f"{self.relation.m2m_field_name()}_id"

    @property
    def through(self) -> Any:
        """The model of the many-to-many rows."""
        return self.relation.remote_field.through

    def rows(self, keys: Collection[int]) -> QuerySet:
        """Return the many-to-many rows that tie some records to the term."""
        return self.through._default_manager.filter(
            **{f"{self.owner}__in": keys, f"{self.relation.m2m_reverse_field_name()}_id": self.term.pk}
        )

    def having(self, keys: Collection[int]) -> set[int]:
        """Return those of some records that have the term."""
        return set(self.rows(keys).values_list(self.owner, flat=True))

    def changed(self, keys: Collection[int]) -> set[int]:
        """Return those of some records that it changes."""
        return set(keys) - self.having(keys) if self.adds else self.having(keys)


def relations_of(model: type[Model]) -> list[Any]:
    """Return the many-to-many fields of a model in which records have terms."""
    return [field for field in model._meta.many_to_many if issubclass(field.related_model, Term)]


class Changes(NamedTuple):
    """The records that a tagging changes: at once, or by a pending edit that is begun for it."""

    at_once: list[Curated]
    proposed: list[Curated]

    @property
    def all(self) -> list[Curated]:
        return [*self.proposed, *self.at_once]


def changes(records: Iterable[Curated], tagging: Tagging) -> Changes:
    """Return what becomes of some records. Three queries at most.

    Where a second person is required, what is public is changed by its pending edit: by the one that there is, at once.
    """
    bearers_by_key: dict[int, Curated] = {record.pk: record for record in records}
    if is_required():
        edits = tagging.relation.model.objects.filter(draft_of__in=list(bearers_by_key))
        by_original = {edit.draft_of_id: edit for edit in edits}
        bearers = [by_original.get(pk, record) for pk, record in bearers_by_key.items()]
        bearers_by_key = {record.pk: record for record in bearers}
    changed = tagging.changed(list(bearers_by_key))
    affected = [record for pk, record in bearers_by_key.items() if pk in changed]
    if not is_required():
        return Changes(affected, [])
    return Changes(
        [bearer for bearer in affected if not bearer.is_published],
        [bearer for bearer in affected if bearer.is_published],
    )


def retag(
    records: Iterable[Curated], tagging: Tagging, title: str, user: Person | None
) -> tuple[int, Operation | None]:
    """Give records a term or take it from them, all or none; returns how many were changed, and the operation.

    A fixed number of queries for hundreds of records. Raises StepRefused where somebody saved one of them meanwhile,
    NotReady where what is public would lack something without the term.
    """
    if is_required():
        return _propose(changes(records, tagging), tagging, title, user)
    return _write(tagging, [record.pk for record in records], title, user)


def _propose(changing: Changes, tagging: Tagging, title: str, user: Person | None) -> tuple[int, Operation | None]:
    """Write what is not public, and pending edits of what is, which wait for review: as an import would."""
    sheet = OF_MODEL[tagging.relation.model]
    planned = [
        _planned(sheet, stored, effect, tagging)
        for effect, some in ((Effect.PENDING, changing.proposed), (Effect.CHANGED, changing.at_once))
        for stored in stored_records.read(sheet, [record.pk for record in some]).values()
    ]
    try:
        kind, state = OperationKind.BULK, State.IN_REVIEW
        return len(planned), write(Plan(planned, ImportReport()), user, title, kind=kind, new_are=state)
    except ChangedMeanwhile as error:
        reason = _("Somebody saved one of these records meanwhile. Nothing was changed: try again.")
        raise workflow.StepRefused(reason) from error


def _planned(sheet: Sheet, stored: Stored, effect: Effect, tagging: Tagging) -> PlannedRecord:
    name, record, terms = tagging.relation.name, stored.instance, stored.values[tagging.relation.name]
    values = {name: terms | {tagging.term.pk} if tagging.adds else terms - {tagging.term.pk}}
    return PlannedRecord(sheet, record.ref, 0, record.pk, values=values, stored=stored, effect=effect, changed=[name])


def _write(tagging: Tagging, keys: list[int], title: str, user: Person | None) -> tuple[int, Operation | None]:
    """Write the term to records as they are, public or not."""
    model: Any = tagging.relation.model
    with recorded(OperationKind.BULK, title, user) as recording:
        recording.watch_rows(model, "pk", keys)
        recording.watch_rows(tagging.through, tagging.owner, keys)
        changed = tagging.changed(keys)
        public = list(model.objects.published().filter(pk__in=changed))
        lacking = {} if tagging.adds else workflow.missing_requirements(*public)
        _write_rows(tagging, changed)
        model.objects.filter(pk__in=changed).update(version=F("version") + 1, modified=timezone.now())
        copy_history(model, changed, "~", reason=title, user=user)
        if public:
            refresh_public_data(practices_affected(model, [record.pk for record in public]))
        missing = {} if tagging.adds else workflow.missing_requirements(*public)
        if lost := workflow.newly_missing(missing, lacking):
            raise workflow.NotReady(lost)
    return len(changed), recording.operation


def _write_rows(tagging: Tagging, changed: set[int]) -> None:
    if tagging.adds:
        target = f"{tagging.relation.m2m_reverse_field_name()}_id"
        new = [tagging.through(**{tagging.owner: key, target: tagging.term.pk}) for key in sorted(changed)]
        tagging.through._default_manager.bulk_create(new)
    else:
        rows.remove(tagging.through, tagging.rows(changed).values_list("pk", flat=True))
