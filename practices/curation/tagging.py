"""Giving many records a term at once, or taking it from them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Model
from django.utils import timezone

from practices.curation import rows, workflow
from practices.curation.baseline import write_history
from practices.curation.operations import recorded
from practices.curation.publishing import refresh_public_data
from practices.index.documents import practices_affected
from practices.models import Curated, Operation, OperationKind, Term


@dataclass(frozen=True)
class Tagging:
    """A term that records get, or lose where `adds` is false, in one of their many-to-many fields."""

    relation: Any
    term: Term
    adds: bool

    def __str__(self) -> str:
        sign = "+" if self.adds else "−"
        return f"{self.relation.verbose_name} {sign} {self.term}"

    @property
    def owner(self) -> str:
        """The column of the many-to-many rows that names the record."""
        return f"{self.relation.m2m_field_name()}_id"

    @property
    def through(self) -> Any:
        """The model of the many-to-many rows."""
        return self.relation.remote_field.through

    def rows(self, keys: Collection[int]) -> Any:
        """Return the many-to-many rows that tie some records to the term."""
        return self.through.objects.filter(
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


def retag(
    records: Iterable[Curated], tagging: Tagging, title: str, user: AbstractBaseUser | None
) -> tuple[int, Operation | None]:
    """Give records a term or take it from them, all or none; returns how many were changed, and the operation.

    A fixed number of queries. Raises NotReady where what is public would lack something without the term.
    """
    model: Any = tagging.relation.model
    keys = [record.pk for record in records]
    with recorded(OperationKind.BULK, title, user) as recording:
        recording.watch_rows(model, "pk", keys)
        recording.watch_rows(tagging.through, tagging.owner, keys)
        changed = tagging.changed(keys)
        public = list(model.objects.published().filter(pk__in=changed))
        lacking = {} if tagging.adds else workflow.missing_requirements(*public)
        _write(tagging, changed)
        model.objects.filter(pk__in=changed).update(version=F("version") + 1, modified=timezone.now())
        write_history(model.objects.in_bulk(changed).values(), "~", reason=title, user=user)
        if public:
            refresh_public_data(practices_affected(model, [record.pk for record in public]))
        missing = {} if tagging.adds else workflow.missing_requirements(*public)
        if lost := workflow.newly_missing(missing, lacking):
            raise workflow.NotReady(lost)
    return len(changed), recording.operation


def _write(tagging: Tagging, changed: set[int]) -> None:
    if tagging.adds:
        target = f"{tagging.relation.m2m_reverse_field_name()}_id"
        new = [tagging.through(**{tagging.owner: key, target: tagging.term.pk}) for key in sorted(changed)]
        tagging.through.objects.bulk_create(new)
    else:
        rows.remove(tagging.through, tagging.rows(changed).values_list("pk", flat=True))
