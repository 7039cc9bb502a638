"""History in the admin: to be read by whoever may see the record, never put back past form and workflow."""

from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from simple_history.admin import SimpleHistoryAdmin

from practices.admin.conflicts import ConflictMixin
from practices.curation.publishing import refresh_public_data
from practices.index.documents import practices_affected_by


class HistoryAdmin(ConflictMixin, SimpleHistoryAdmin):
    """Shows what a record was and who changed it.

    django-simple-history would let everyone who may view a record put a former version back, its state included.
    """

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self.check_id(object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show a former version, to be read only."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self.check_id(object_id, version_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def render_history_view(self, request: HttpRequest, template: str, context: Any, **kwargs: Any) -> HttpResponse:
        if form := context.get("adminform"):
            form.readonly_fields = flatten_fieldsets(form.fieldsets)
        return super().render_history_view(request, template, context, **kwargs)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def check_id(self, *ids: str) -> None:
        """Answer 404 for what cannot be the number of a record."""
        try:
            for number in ids:
                self.opts.pk.to_python(unquote(number))
        except ValidationError:
            raise Http404 from None


class AlwaysPublicAdmin(HistoryAdmin):
    """Records without a state: every change changes what readers see."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            refresh_public_data(practices_affected_by(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            practices = practices_affected_by(obj)
            super().delete_model(request, obj)
            refresh_public_data(practices)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            practices = {practice for record in queryset for practice in practices_affected_by(record)}
            super().delete_queryset(request, queryset)
            refresh_public_data(practices)
