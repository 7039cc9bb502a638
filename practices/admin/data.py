"""Addresses that records once had, and the version of the data, in the admin."""

from django.contrib import admin

from practices.admin.access.rights import LookedUpMixin
from practices.admin.history import HistoryAdmin
from practices.models import DataVersion, FormerSlug


@admin.register(FormerSlug)
class FormerSlugAdmin(HistoryAdmin):
    """Where former addresses lead."""

    list_display = ("model", "slug", "ref")
    list_filter = ("model",)
    search_fields = ("slug", "ref")


@admin.register(DataVersion)
class DataVersionAdmin(LookedUpMixin, admin.ModelAdmin):
    """The version of the data: looked at, never edited."""

    list_display = ("number", "date")
