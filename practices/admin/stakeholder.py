"""Stakeholders in the admin."""

from django.contrib import admin

from practices.admin.curated import CuratedAdmin
from practices.admin.importing.views import export
from practices.models import Stakeholder


@admin.register(Stakeholder)
class StakeholderAdmin(CuratedAdmin):
    """One organisation."""

    actions = (*CuratedAdmin.actions, export)
    list_display = ("name", "state", "role", "country", "modified")
    list_filter = ("state", "role")
    list_select_related = ("role", "country")
    search_fields = ("name", "ref", "slug", "description")
    slug_from = "name"
    autocomplete_fields = ("role", "country")
    fieldsets = (
        (None, {"fields": ["name", "slug", "role", "country", "other_names", "description"]}),
        CuratedAdmin.bookkeeping,
    )
