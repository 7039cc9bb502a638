"""Events in the admin, with sessions and who took part."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from practices.admin.curated import CuratedAdmin
from practices.admin.form.rows import RowInline
from practices.admin.history import AlwaysPublicAdmin
from practices.models import Event, Representation, Session


class SessionInline(RowInline):
    """The sessions of an event."""

    model = Session


class RepresentationInline(RowInline):
    """Who organised, presented or was represented."""

    model = Representation
    autocomplete_fields = ("country", "stakeholder")

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **kwargs: object
    ) -> type[forms.BaseInlineFormSet]:
        """Offer the sessions of this event only."""
        formset = super().get_formset(request, obj, **kwargs)
        sessions: Any = formset.form.base_fields["session"]
        sessions.queryset = Session.objects.filter(event=obj.pk if obj else None)
        return formset


@admin.register(Session)
class SessionAdmin(AlwaysPublicAdmin):
    """Sessions, so that a representation can find its own."""

    list_display = ("title", "event", "position")
    list_select_related = ("event",)
    search_fields = ("title", "event__name")
    autocomplete_fields = ("event",)


@admin.register(Event)
class EventAdmin(CuratedAdmin):
    """One meeting."""

    list_display = ("name", "state", "starts", "city", "country", "modified")
    list_select_related = ("country",)
    search_fields = ("name", "ref", "slug", "city", "description")
    slug_from = "name"
    autocomplete_fields = ("country", "citations")
    inlines = (SessionInline, RepresentationInline)
    fieldsets = (
        (None, {"fields": ["name", "slug", "starts", "ends", "city", "country"]}),
        (_("About it"), {"fields": ["description", "attendance", "oddities", "citations"]}),
        CuratedAdmin.bookkeeping,
    )
