"""Findings and concepts in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from practices.admin.curated import CuratedAdmin
from practices.admin.importing.views import export
from practices.models import Concept, Finding


@admin.register(Finding)
class FindingAdmin(CuratedAdmin):
    """One finding."""

    actions = (*CuratedAdmin.actions, export)
    list_display = ("title", "state", "kind", "parent", "modified")
    list_filter = ("state", "kind", "dimensions")
    list_select_related = ("parent",)
    search_fields = ("title", "ref", "slug", "statement")
    autocomplete_fields = (
        "parent",
        "practices",
        "dimensions",
        "roles",
        "topics",
        "target_groups",
        "countries",
        "citations",
    )
    fieldsets = (
        (None, {"fields": ["title", "slug", "statement", "kind", "parent", "position"]}),
        (_("Where it belongs"), {"fields": ["dimensions", "roles", "topics", "target_groups", "countries"]}),
        (_("What supports it"), {"fields": ["practices", "citations"]}),
        CuratedAdmin.bookkeeping,
    )


@admin.register(Concept)
class ConceptAdmin(CuratedAdmin):
    """One entry of the glossary."""

    list_display = ("term", "state", "kind", "modified")
    list_filter = ("state", "kind")
    search_fields = ("term", "ref", "slug", "definition")
    slug_from = "term"
    autocomplete_fields = ("citations",)
    fieldsets = (
        (None, {"fields": ["term", "slug", "kind", "other_names", "definition", "citations"]}),
        CuratedAdmin.bookkeeping,
    )
