"""Every read, chainable. `published()` is the only way from curated records to the public."""

from collections.abc import Collection, Iterable
from typing import Any, Self

from django.db import connection, models
from django.db.models import Case, Q, Value, When

PUBLISHED = "published"


def is_published(relation: str) -> Q:
    """Return the condition that the curated record behind `relation` is public, for queries that join it."""
    return Q(**{f"{relation}__state": PUBLISHED})


def m2m_rows(model: type[models.Model], name: str, owners: Iterable[int], *more: str | Value) -> Any:
    """Return the rows of a many-to-many field of some records: (its name, owner's key, target's key, then `more`).

    Those of several fields can be read as one union.
    """
    field: Any = model._meta.get_field(name)
    owner, target = field.m2m_field_name(), field.m2m_reverse_field_name()
    rows = field.remote_field.through.objects.filter(**{f"{owner}__in": owners}).order_by()
    return rows.values_list(Value(name), f"{owner}_id", f"{target}_id", *more)


def related_keys(
    model: type[models.Model], names: Iterable[str], owners: Collection[int]
) -> list[tuple[str, int, int]]:
    """Return what some records have in several relations, terms or rows: (relation, record's key, related key).

    One query, written out: Django would take far longer to put it than the database to answer it.
    """
    quote = connection.ops.quote_name
    parts = []
    for name in names if owners else ():
        field: Any = model._meta.get_field(name)
        if field.many_to_many:
            columns, table = (field.m2m_column_name(), field.m2m_reverse_name()), field.m2m_db_table()
        else:
            rows = field.related_model._meta
            columns, table = (field.field.column, rows.pk.column), rows.db_table
        owner, related = map(quote, columns)
        marks = ", ".join(["%s"] * len(owners))
        parts.append(f"SELECT '{name}', {owner}, {related} FROM {quote(table)} WHERE {owner} IN ({marks})")  # noqa: S608
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [*owners] * len(parts))
        return list(cursor.fetchall())


class CuratedQuerySet(models.QuerySet[Any]):
    """Reads of records that editors own. Whatever a reader gets starts with `published()`.

    A pending edit (`draft_of` set) is no record of its own.
    """

    def published(self) -> Self:
        """Return the records that are public now."""
        return self.filter(state=PUBLISHED)

    def originals(self) -> Self:
        """Leave out pending edits, which share ref and slug with the record that they will replace."""
        return self.filter(draft_of__isnull=True)

    def was_public(self) -> Self:
        """Return what readers could once see and may no longer: answered 410 with its ref, never 404."""
        return self.originals().filter(published_at__isnull=False).exclude(state=PUBLISHED)

    def by_title(self) -> Self:
        """Order by the folded title, the same on every database."""
        return self.order_by("sort_key", "pk")

    def get_by_natural_key(self, slug: str) -> Any:
        return self.originals().get(slug=slug)


class EventQuerySet(CuratedQuerySet):
    """Reads of meetings."""

    def by_date(self) -> Self:
        """Order by first day, those without a date last."""
        return self.order_by(Case(When(starts="", then=1), default=0), "starts", "sort_key")

    def concerning(self, *, country: models.Model) -> Self:
        """Return the events in a country, and those where it organised, presented or was represented."""
        return self.filter(Q(country=country) | Q(pk__in=self._joined_by(country=country))).by_date()

    def joined_by(self, stakeholder: models.Model) -> Self:
        """Return the events that an organisation ran, presented at or was represented at."""
        return self.filter(pk__in=self._joined_by(stakeholder=stakeholder)).by_date()

    def _joined_by(self, **participant: models.Model) -> models.QuerySet[Any, Any]:
        representations = self.model._meta.get_field("representations").related_model
        return representations._default_manager.filter(**participant).values("event")
