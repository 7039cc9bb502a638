"""Lists of just the records to which a line of the desk leads: those that lack something, are due, or are one's own."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practices.curation.fixtures.baseline import history_of
from practices.curation.quality import GATES
from practices.curation.quality.upkeep import gates_of, issues_of
from practices.curation.roles import Person
from practices.models import Assignment, State

#: after how long a public record is due to be looked at again
DUE_AFTER = timedelta(days=2 * 365)


class LacksFilter(admin.SimpleListFilter):
    """What the last check of the content found that records lack, by gate."""

    title = _("what it lacks")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Iterator[tuple[str, str]]:
        gates = gates_of(model_admin.model) | {request.GET.get(self.parameter_name)}
        yield from ((gate.name, str(gate.title)) for gate in GATES if gate.name in gates)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        gate = self.value()
        if gate is None:
            return queryset
        warnings = issues_of(gate, str(queryset.model._meta.model_name))
        first = warnings.filter(record=OuterRef("pk")).order_by("pk").values("missing")[:1]
        return queryset.filter(pk__in=warnings.values("record")).annotate(found_missing=Subquery(first))


def due_before() -> date:
    """Return the day before which a record must have been reviewed to be due again."""
    return timezone.now().date() - DUE_AFTER


def is_due() -> Q:
    """Return the condition that a record is public and nobody has reviewed it lately."""
    return Q(state=State.PUBLISHED) & (Q(reviewed_on=None) | Q(reviewed_on__lt=due_before()))


class DueFilter(admin.SimpleListFilter):
    """Public records that nobody has reviewed for two years, or ever."""

    title = _("due for review")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", str(_("Due")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(is_due()) if self.value() else queryset


def made_by(user: Person, records: QuerySet[Model]) -> QuerySet[Model]:
    """Return those of some records that somebody added."""
    added = history_of(records.model)._default_manager.filter(history_type="+", history_user=user)
    return records.filter(pk__in=added.values("id"))


class MineFilter(admin.SimpleListFilter):
    """Records that whoever looks at the list has added."""

    title = _("added by")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", str(_("Me")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return made_by(request.user, queryset) if self.value() else queryset


class AssignedFilter(admin.SimpleListFilter):
    """Records that somebody is to see to: whoever looks at the list, or another curator."""

    title = _("assigned to")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Iterator[tuple[str, str]]:
        yield "me", str(_("Me"))
        of_kind = Assignment.objects.filter(model=model_admin.opts.model_name).exclude(to=request.user.pk)
        names = of_kind.order_by("to__username").values_list("to__username", flat=True).distinct()
        yield from ((name, name) for name in names)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        name = self.value()
        if name is None:
            return queryset
        who = {"to": request.user.pk} if name == "me" else {"to__username": name}
        assignments = Assignment.objects.filter(model=queryset.model._meta.model_name, **who)
        return queryset.filter(ref__in=assignments.order_by().values("ref"))


class LacksMixin(admin.ModelAdmin):
    """A list that can show what its records lack, with a column that says so."""

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*super().get_list_filter(request), LacksFilter]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return [*columns, "lacking"] if LacksFilter.parameter_name in request.GET else list(columns)

    @admin.display(description=_("lacks"))
    def lacking(self, record: Model) -> str:
        """Return the first of what the record lacks, in a list of those that do."""
        return str(getattr(record, "found_missing", ""))
