"""Addresses that records once had, and the version of the data, in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from practices.admin.history import HistoryAdmin
from practices.models import DataVersion, FormerSlug


@admin.register(FormerSlug)
class FormerSlugAdmin(HistoryAdmin):
    """Where former addresses lead."""

    list_display = ("model", "slug", "ref")
    list_filter = ("model",)
    search_fields = ("slug", "ref")


@admin.register(DataVersion)
class DataVersionAdmin(admin.ModelAdmin):
    """The version of the data: looked at, never edited."""

    list_display = ("number", "date")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
