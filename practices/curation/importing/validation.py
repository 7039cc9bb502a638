"""What must hold of the records of a file, each by itself and all together; what does not is a fault of its cell."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from practices.curation.importing import checks
from practices.curation.importing.columns import BY_NAME, KEY, SHEETS, Column, Sheet
from practices.curation.importing.planned import PlannedRecord, PlannedRow, slug_of
from practices.curation.importing.records import CHUNK, Values, empty
from practices.curation.importing.report import Effect, Faults
from practices.models import Finding, FormerSlug, Relation
from practices.models.practice import ONE_WAY


class Validation:
    """Finds out what is wrong with records, of which each was compared with what is there."""

    def __init__(self, records: Mapping[Any, PlannedRecord], faults: Faults) -> None:
        self.records, self.faults = records, faults

    def check(self, record: PlannedRecord) -> None:
        """Note what is wrong with a record by itself, and with its rows."""
        if record.effect != Effect.UNCHANGED:
            new = record.stored is None
            self._check_values(record, record.sheet, record.line, record.values, new=new)
        for name, rows in record.rows.items():
            if record.effect in (Effect.NEW, Effect.PENDING) or name in record.changed:
                self._check_rows(record, BY_NAME[name], rows)

    def check_together(self) -> None:
        """Note what is wrong with all of them together; gives new records their slugs."""
        self._check_slugs()
        self._check_circles()
        self._check_number()

    def _check_values(self, record: PlannedRecord, sheet: Sheet, line: int, values: Values, *, new: bool) -> None:
        """Note where the values of a record or row are not what its model takes."""
        model: Any = sheet.model
        full = _completed(sheet, values) if new else record.full_values
        columns = [column for column in sheet.columns if column.name in values or new]
        instance = model()
        for column in columns:
            value = values.get(column.name, empty(column))
            if _is_missing(column, value) and not self.faults.at(sheet.name, line, column.name):
                self.faults.note(sheet.name, line, column.name, _("This is needed."))
            if column.kind not in ("record", "records") and (column.name != "slug" or value):
                self._clean(instance, column, value, sheet, line)
        for message, names in checks.broken(model, full):
            if not any(self.faults.at(sheet.name, line, name) for name in names):
                given = [name for name in names if name in values and name in sheet.by_name]
                self.faults.note(sheet.name, line, (given or [KEY])[-1], message)

    def _clean(self, instance: Any, column: Column, value: Any, sheet: Sheet, line: int) -> None:
        if value in ("", None) and not column.required:
            return
        try:
            column.field.clean(value, instance)
        except ValidationError as error:
            if not (column.required and value in ("", None, [])):  # which is said already
                self.faults.note(sheet.name, line, column.name, " ".join(error.messages))

    def _check_rows(self, record: PlannedRecord, sheet: Sheet, rows: list[PlannedRow]) -> None:
        for row in rows:
            self._check_values(record, sheet, row.line, row.values, new=True)
        completed = [_completed(sheet, row.values) for row in rows]
        for position, message in checks.repeated(sheet.model, completed, sheet.owner):
            self.faults.note(sheet.name, rows[position].line, KEY, message)

    def _check_slugs(self) -> None:
        """Note the slugs that two records have, or that were another's; give new records theirs."""
        for sheet in (sheet for sheet in SHEETS if not sheet.owner):
            taken: dict[str, int] = {}
            changing = [record for record in self.records.values() if record.sheet is sheet]
            changing = [record for record in changing if record.effect == Effect.NEW or "slug" in record.changed]
            for record in changing:
                slug = record.values.get("slug") or slug_of(record.name)
                record.values["slug"] = slug
                if not slug:
                    self.faults.note(sheet.name, record.line, "slug", _("Give a slug: none can be made of its name."))
                elif slug in taken:
                    reason = _("Line %(n)d has the slug “%(slug)s” already.") % {"n": taken[slug], "slug": slug}
                    self.faults.note(sheet.name, record.line, "slug", reason)
                taken.setdefault(slug, record.line)
            used = set(_slugs_of_others(sheet, changing))
            for record in changing:
                if record.values["slug"] in used:
                    reason = _("“%(slug)s” is or was the address of another record.") % {"slug": record.values["slug"]}
                    self.faults.note(sheet.name, record.line, "slug", reason)

    def _check_circles(self) -> None:
        """Note the relations and broader findings by which a record stands above itself."""
        planned = [record for record in self.records.values() if record.effect != Effect.UNCHANGED]
        related = [record for record in planned if "relations" in record.rows]
        for kind in ONE_WAY if related else ():
            rows = [(record, row) for record in related for row in record.rows["relations"]]
            rows = [(record, row) for record, row in rows if row.values.get("kind") == kind and row.values.get("other")]
            stored = Relation.objects.filter(kind=kind, practice__draft_of=None).exclude(
                practice__in=[record.there for record in related if record.there]
            )
            lines = {(record.itself, row.values["other"]): row.line for record, row in rows}
            for place in self._circles(stored.values_list("practice", "other"), lines):
                reason = _("By this relation the practice would stand above itself, directly or by way of others.")
                self.faults.note("relations", place, "other", reason)
        nested = [record for record in planned if record.sheet.model is Finding and record.values.get("parent")]
        if nested:
            others = Finding.objects.exclude(pk__in=[record.there for record in nested if record.there])
            lines = {(record.itself, record.values["parent"]): record.line for record in nested}
            for place in self._circles(others.exclude(parent=None).values_list("pk", "parent"), lines):
                self.faults.note("findings", place, "parent", _("It would stand under itself."))

    def _check_number(self) -> None:
        """Note where more drafts would change than one act changes, for which others wait on SQLite."""
        changed = sum(record.effect == Effect.CHANGED for record in self.records.values())
        if changed > settings.BULK_LIMIT:
            numbers = {"n": changed, "limit": settings.BULK_LIMIT}
            reason = _("This would change %(n)d drafts, and one import changes %(limit)d at most: import it in parts.")
            self.faults.note("", 0, "", reason % numbers)

    def _circles(self, stored: Iterable[tuple[Any, Any]], lines: dict[tuple[Any, Any], int]) -> Iterator[int]:
        above: dict[Any, list[Any]] = defaultdict(list)
        for record, over in (*stored, *lines):
            above[record].append(over)
        yield from (lines[pair] for pair in checks.circles(above, lines))


def _completed(sheet: Sheet, values: Values) -> Values:
    """Return values with those of the columns that a file does not have, as in a new record."""
    return {**{column.name: empty(column) for column in sheet.columns}, **values}


def _is_missing(column: Column, value: Any) -> bool:
    """Whether a value is needed and not given."""
    return column.required and column.kind != "records" and value in ("", None, [])


def _slugs_of_others(sheet: Sheet, changing: Sequence[PlannedRecord]) -> Iterator[str]:
    """Yield those of the slugs of some records that other records have, or once had in public."""
    model: Any = sheet.model
    own = {record.values["slug"]: record.stored.instance.ref if record.stored else "" for record in changing}
    slugs = list(own)
    for chunk in (slugs[start : start + CHUNK] for start in range(0, len(slugs), CHUNK)):
        rows = [
            *model.objects.filter(slug__in=chunk).values_list("slug", "ref"),
            *FormerSlug.objects.filter(model=model._meta.model_name, slug__in=chunk).values_list("slug", "ref"),
            *model.history.filter(slug__in=chunk, published_at__isnull=False).values_list("slug", "ref"),
        ]
        yield from (slug for slug, ref in rows if ref != own[slug])
