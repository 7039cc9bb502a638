"""What curators did to many records at once, in the admin: who, when, what, and a button that undoes it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.admin.access.rights import LookedUpMixin
from practices.curation.changes.workflow import NotReady
from practices.curation.operations import AlreadyUndone, ChangedSince, changed_tables, undo
from practices.curation.roles import Act, may
from practices.models import Operation, OperationKind

#: what an operation does to the rows of a table
WORDS = (gettext_lazy("%(n)s added"), gettext_lazy("%(n)s changed"), gettext_lazy("%(n)s removed"))

#: which operations are undone by who did them too, as long as they may do the like
OWN: dict[str, Act] = {OperationKind.IMPORT: Act.IMPORT, OperationKind.ASSIGNMENT: Act.READ}


def address_of(operation: Operation) -> str:
    """Return the address of the page of an operation, where it can be undone."""
    return reverse("admin:practices_operation_change", args=[operation.pk])


def undo_address(operation: Operation) -> str:
    """Return the address to which the button that undoes an operation is sent."""
    return reverse("admin:practices_operation_undo", args=[operation.pk])


@admin.register(Operation)
class OperationAdmin(LookedUpMixin, admin.ModelAdmin):
    """Operations: looked at and undone, never edited."""

    list_display = ("title", "kind", "by", "at", "undone_at", "undone_by")
    list_filter = ("kind", ("undone_at", admin.EmptyFieldListFilter))
    list_select_related = ("by", "undone_by")
    search_fields = ("title",)
    date_hierarchy = "at"
    fields = readonly_fields = ("title", "kind", "by", "at", "what", "undone_at", "undone_by")
    change_form_template = "admin/practices/operation/change_form.html"
    actions = None

    def may_undo(self, request: HttpRequest, operation: Operation | None = None) -> bool:
        """Whether somebody may undo any operation, or this one: who decides what readers see; who did it, of some."""
        if may(request.user, Act.PUBLISH):
            return True
        act = OWN.get(operation.kind) if operation and operation.by_id == request.user.pk else None
        return act is not None and may(request.user, act)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        operations = super().get_queryset(request).defer("changes")  # as large as the act
        return operations if self.may_undo(request) else operations.filter(by=request.user.pk)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.list_display, "undo_button") if self.may_undo(request) else self.list_display

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", undo, name="practices_operation_undo"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        operation = kwargs.get("obj")
        address = ""
        if operation and not operation.undone_at and self.may_undo(request, operation):
            address = undo_address(operation)
        context = {**context, "undo_address": address}
        return super().render_change_form(request, context, *args, **kwargs)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo an operation and say so, or why not."""
        operation = get_object_or_404(Operation.objects.defer("changes"), pk=pk)
        if not self.may_undo(request, operation):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            undo(operation, request.user if request.user.is_authenticated else None)
        except (AlreadyUndone, ChangedSince, NotReady) as reason:
            self.message_user(request, str(reason), messages.ERROR)
        else:
            self.message_user(request, _("Undone: %(operation)s") % {"operation": operation}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:practices_operation_changelist"))

    @admin.display(description=gettext_lazy("what it changed"))
    def what(self, operation: Operation) -> SafeString:
        """Return how many records of each kind it added, changed and removed."""
        lines = (
            (
                table.name,
                ", ".join(words % {"n": number} for words, number in zip(WORDS, table.counts, strict=True) if number),
            )
            for table in changed_tables(operation)
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))

    @admin.display(description="")
    def undo_button(self, operation: Operation) -> str:
        """Return the button that undoes an operation; the form around the list carries the token."""
        if operation.undone_at:
            return ""
        button = '<button type="submit" class="button" formaction="{}">{}</button>'
        return format_html(button, undo_address(operation), _("Undo"))
