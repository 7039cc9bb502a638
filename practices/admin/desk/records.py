"""The records that the desk shows: those that a person may see, of all kinds in one query, as lines or as numbers."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Count, F, Model, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from practices.admin.desk.lines import MOST, DeskLine, joined, list_url, page_url
from practices.models import CURATED, VOCABULARIES, Curated

#: the models of which the desk shows records, by their names
KINDS: dict[str, type[Model]] = {str(model._meta.model_name): model for model in (*CURATED, *VOCABULARIES)}


def admin_of(model: type[Model]) -> Any:
    """Return the admin of a model."""
    return admin.site._registry[model]


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    """Whether the person may see records of a model."""
    return bool(admin_of(model).has_view_or_change_permission(request))


def kinds_seen(request: HttpRequest) -> list[type[Curated]]:
    """Return the curated models of which the person may see records."""
    return [model for model in CURATED if may_see(request, model)]


def records_seen(request: HttpRequest, model: type[Model]) -> QuerySet:
    """Return the records of a model that the person may see."""
    return cast(QuerySet, admin_of(model).get_queryset(request).order_by())


def name_of(model: type[Model]) -> str:
    """Return what the records of a model are called, to begin a line with."""
    return capfirst(str(model._meta.verbose_name_plural))


def record_lines(querysets: list[QuerySet], page: str = "change", *, latest: bool = True) -> list[DeskLine]:
    """Return a line for each of the last changed records of several queries, or of the first changed. One query."""
    rows = _union(map(_named, querysets))
    if rows is None:
        return []
    return [
        DeskLine(f"{ref} {name}", page_url(kind, key, page), detail=joined(_kind(kind, original), naturaltime(date)))
        for date, kind, key, ref, name, original in rows.order_by("-at" if latest else "at")[:MOST]
    ]


def more_lines(querysets: list[QuerySet], shown: list[DeskLine], **values: str) -> list[DeskLine]:
    """Return a line for each kind with its number, where there are more records than are shown. One query at most."""
    if len(shown) < MOST:
        return []
    return [all_line(KINDS[kind], number, **values) for kind, number in counted(querysets)]


def all_line(model: type[Model], number: int | None = None, **values: str) -> DeskLine:
    """Return the line that leads to the list of all records of a model, narrowed by its filters."""
    label = _("All %(kind)s") % {"kind": model._meta.verbose_name_plural}
    return DeskLine(label, list_url(model, **values), number)


def counted(querysets: Iterable[QuerySet], **more: Q) -> list[tuple[Any, ...]]:
    """Return (kind, number, numbers that meet `more`) of each kind of which there are records. One query at most."""
    counts = {"number": Count("pk"), **{name: Count("pk", filter=condition) for name, condition in more.items()}}
    rows = _union(
        records.annotate(of=Value(records.model._meta.model_name))
        .values("of")
        .annotate(**counts)
        .values_list("of", *counts)
        for records in querysets
    )
    return [row for row in rows or () if row[1]]


def _union(querysets: Iterable[QuerySet]) -> QuerySet | None:
    """Return the rows of several queries as one; None where there is none."""
    queries = list(querysets)
    return queries[0].union(*queries[1:], all=True) if queries else None


def _named(records: QuerySet) -> QuerySet:
    """Return (when changed, kind, key, ref, name, key of a pending edit's original) of some records, for a union."""
    model: Any = records.model
    named = records.annotate(at=F("modified"), of=Value(model._meta.model_name), called=F(model.name_field))
    return named.values_list("at", "of", "pk", "ref", "called", "draft_of_id")


def _kind(kind: str, original: int | None) -> str:
    """Return what a record is, in words: "practice", or, of a pending edit, "edit of a public practice"."""
    name = str(KINDS[kind]._meta.verbose_name)
    return name if original is None else _("edit of a public %(kind)s") % {"kind": name}
