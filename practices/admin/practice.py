"""Practices in the admin: the record, its rows, and its story."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from practices.admin.curated import CuratedAdmin, RowInline
from practices.curation.story import story
from practices.models import CountryLink, Involvement, Outcome, Practice, PracticeCitation, Relation


class CountryLinkInline(RowInline):
    """Its countries."""

    model = CountryLink
    autocomplete_fields = ("country",)


class InvolvementInline(RowInline):
    """Who takes part, in which role and function."""

    model = Involvement
    autocomplete_fields = ("role", "stakeholder", "citations")


class OutcomeInline(RowInline):
    """What came of it."""

    model = Outcome
    autocomplete_fields = ("citations",)


class RelationInline(RowInline):
    """How it stands to other practices."""

    model = Relation
    fk_name = "practice"
    autocomplete_fields = ("other", "citations")


class PracticeCitationInline(RowInline):
    """The passages that support it."""

    model = PracticeCitation
    autocomplete_fields = ("citation",)


@admin.register(Practice)
class PracticeAdmin(CuratedAdmin):
    """One practice, with everything that belongs to it."""

    list_display = ("title", "state", "kind", "level", "reported_status", "modified")
    list_filter = ("state", "kind", "level", "dimensions", "reported_status", "evidence")
    list_select_related = ("kind", "level")
    search_fields = ("title", "ref", "slug", "summary", "title_original")
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("dimensions", "topics", "target_groups", "stages", "partnership_types", "places")
    inlines = (CountryLinkInline, InvolvementInline, OutcomeInline, RelationInline, PracticeCitationInline)
    fieldsets = (
        (None, {"fields": ["title", "slug", "title_original", "title_original_lang", "other_names"]}),
        (_("What it is"), {"fields": ["summary", "description", "kind", "level", "places"]}),
        (_("When, and how sure"), {"fields": ["year_start", "year_end", "reported_status", "status_year", "evidence"]}),
        (_("Terms"), {"fields": ["dimensions", "topics", "target_groups", "stages", "partnership_types"]}),
        CuratedAdmin.bookkeeping,
    )

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show the story of the practice and its rows instead of the practice's own history alone."""
        practice = get_object_or_404(Practice, pk=object_id)
        if not self.has_view_or_change_permission(request, practice):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Story of %(practice)s") % {"practice": practice},
            "opts": self.opts,
            "object": practice,
            "changes": story(practice),
        }
        return render(request, "admin/practices/practice/story.html", context)
