"""Terms and places that are no longer offered, and how often each is used."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from practices.curation.fixtures.baseline import sign_next
from practices.curation.operations import recorded
from practices.curation.operations.rows import relations_to
from practices.curation.publishing import refresh_public_data
from practices.curation.roles import Person
from practices.models import Operation, OperationKind
from practices.models.retiring import Retirable


def retire(records: Iterable[Retirable], title: str, user: Person | None) -> Operation | None:
    """Retire terms or places: forms no longer offer them, records keep them."""
    return _set_retired(records, timezone.localdate(), title, user)


def reinstate(records: Iterable[Retirable], title: str, user: Person | None) -> Operation | None:
    """Offer terms or places again that were retired."""
    return _set_retired(records, None, title, user)


def _set_retired(
    records: Iterable[Retirable], date: datetime.date | None, title: str, user: Person | None
) -> Operation | None:
    with recorded(OperationKind.RETIREMENT, title, user) as recording:
        for record in records:
            recording.watch(record, parts=False)
            record.retired_on = date
            sign_next(record, user, title)
            record.save()
        refresh_public_data(())
    return recording.operation


def with_uses(records: QuerySet[Model]) -> QuerySet[Model]:
    """Return terms or places with the number of rows that name each, as `used`; in the same query."""
    model: type[Model] = records.model
    naming = [relation for relation in relations_to(model) if relation.related_model is not model]
    return records.annotate(used=sum((_count(relation) for relation in naming), Value(0)))


def _count(relation: Any) -> Coalesce:
    """Return the number of rows of one table that name a record, for a query of the records."""
    name = relation.field.name
    rows = relation.related_model._base_manager.filter(**{name: OuterRef("pk")}).order_by().values(name)
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)
