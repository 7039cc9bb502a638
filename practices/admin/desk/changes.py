"""The desk: what people changed last, and how the public collection grew."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Model, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.admin.desk.lines import MOST, Button, DeskLine, DeskSection, joined, list_url, page_url
from practices.admin.desk.records import KINDS, admin_of, counted, kinds_seen, may_see, name_of, records_seen
from practices.admin.operation import address_of, undo_address
from practices.curation.changes.history import ONE_SAVE
from practices.curation.fixtures.baseline import history_of
from practices.models import Operation, State


def lately(request: HttpRequest) -> DeskSection | None:
    """What people changed last, in one record or in many, each with a way to undo it, or why there is none."""
    models = kinds_seen(request)
    if not models:
        return None
    changes = [change for model in models for change in _last_changes(request, model)]
    changes.sort(key=lambda change: change.history_date, reverse=True)
    last = islice(_once(changes), MOST)
    dated = [(change.history_date, _change_line(request, change)) for change in last]
    dated += [(operation.at, _operation_line(request, operation)) for operation in _last_operations(request)]
    lines = [line for _date, line in sorted(dated, key=lambda pair: pair[0], reverse=True)]
    return DeskSection("lately", _("Changed lately"), lines[:MOST], nothing=_("Nothing was changed by anybody yet."))


def _change_line(request: HttpRequest, change: Any) -> DeskLine:
    model = change.instance_type
    kind = str(model._meta.model_name)
    hindrance = _hindrance(request, change)
    before = {"before": change.history_date.isoformat()}
    undo = () if hindrance else (Button(_("Undo"), page_url(kind, change.id, "restore"), before),)
    said = change.history_user, naturaltime(change.history_date), change.history_change_reason
    return DeskLine(
        f"{change.ref} {getattr(change, model.name_field)}",
        page_url(kind, change.id, "history"),
        detail=joined(*said, hindrance),
        buttons=undo,
    )


def _hindrance(request: HttpRequest, change: Any) -> str:
    """Say why the last change of a record is not undone by a click, "" where it is."""
    if change.draft_of_id is not None:
        return _("a pending edit: it is discarded on its review page")
    if change.state_before is None:
        return _("new: there is nothing to go back to")
    if change.state != change.state_before:
        return _("a step on its way: its form takes it back, or its operation in this list")
    if not admin_of(change.instance_type).has_change_permission(request, change.instance):
        return _("your role does not allow to undo it")
    return ""


def _last_operations(request: HttpRequest) -> list[Operation]:
    """Return the last operations that the person may see. One query at most."""
    if not may_see(request, Operation):
        return []
    return list(records_seen(request, Operation).select_related("by").order_by("-at", "-pk")[:MOST])


def _operation_line(request: HttpRequest, operation: Operation) -> DeskLine:
    hindrance = ""
    if operation.undone_at:
        hindrance = _("undone")
    elif not admin_of(Operation).may_undo(request, operation):
        hindrance = _("your role does not allow to undo it")
    return DeskLine(
        str(operation),
        address_of(operation),
        detail=joined(operation.by, naturaltime(operation.at), hindrance),
        buttons=() if hindrance else (Button(_("Undo"), undo_address(operation)),),
    )


def _last_changes(request: HttpRequest, model: type[Model]) -> list[Any]:
    """Return the last lines in the history of what the person may see that somebody signed. One query.

    `state_before` is the state that the record had before, None of a new one.
    """
    mine = records_seen(request, model).values("pk")
    history = history_of(model)._default_manager
    signed = history.filter(history_user__isnull=False, id__in=mine).select_related("history_user")
    earlier = OuterRef("history_date") - ONE_SAVE
    before = history.filter(id=OuterRef("id"), history_date__lt=earlier).order_by("-history_date", "-history_id")
    signed = signed.annotate(state_before=Subquery(before.values("state")[:1]))
    return list(signed.order_by("-history_date", "-history_id")[: 2 * MOST])


def _once(changes: Iterable[Any]) -> Iterator[Any]:
    """Yield each record only where it stands first."""
    seen: set[tuple[Any, int]] = set()
    for change in changes:
        key = (change.instance_type, change.id)
        if key not in seen:
            seen.add(key)
            yield change


def growth(request: HttpRequest) -> DeskSection | None:
    """How many records of each kind are public, and how many became so lately. One query."""
    models = kinds_seen(request)
    if not models:
        return None
    now = timezone.now()
    month, year = (Q(published_at__gte=now - timedelta(days=days)) for days in (30, 365))
    numbers = counted((model.objects.published().order_by() for model in models), month=month, year=year)
    lines = [
        DeskLine(
            name_of(KINDS[kind]),
            list_url(KINDS[kind], state=State.PUBLISHED),
            total,
            _("%(month)s new in 30 days, %(year)s in a year") % {"month": in_a_month, "year": in_a_year},
        )
        for kind, total, in_a_month, in_a_year in numbers
    ]
    return DeskSection("growth", _("Public now"), sorted(lines, key=lambda line: -(line.count or 0)))
