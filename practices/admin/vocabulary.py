"""Vocabularies, countries and places in the admin. Their codes are permanent; a change reaches readers at once."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from practices.admin.access.rights import LookedUpMixin
from practices.admin.history import AlwaysPublicAdmin
from practices.admin.lists.lacks import LacksMixin
from practices.admin.retiring import RetirableAdmin, RetiredFilter, TermsAdmin
from practices.models import VOCABULARIES, Country, Place, Region


@admin.register(*VOCABULARIES)
class TermAdmin(LacksMixin, TermsAdmin):
    """One admin for every vocabulary."""

    list_display = ("label", "uses", "code", "parent", "order", "retired_on", "replaced_by")
    list_editable = ("order",)
    list_select_related = ("parent", "replaced_by")
    search_fields = ("label", "label_fr", "label_es", "code", "definition")
    autocomplete_fields = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Region)
class RegionAdmin(LookedUpMixin, admin.ModelAdmin):
    """UN regions: looked up, not edited."""

    list_display = ("label", "code", "parent")
    list_select_related = ("parent",)
    search_fields = ("label", "code")


@admin.register(Country)
class CountryAdmin(AlwaysPublicAdmin):
    """Countries: the codes are ISO's, and permanent."""

    list_display = ("label", "alpha2", "alpha3", "region", "subregion")
    list_filter = ("region",)
    list_select_related = ("region", "subregion")
    search_fields = ("label", "label_fr", "label_es", "alpha2", "alpha3")
    autocomplete_fields = ("region", "subregion")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("alpha2", "alpha3", "m49", "slug") if obj else ()


@admin.register(Place)
class PlaceAdmin(RetirableAdmin):
    """Cities, regions and other places."""

    list_display = ("name", "kind", "country", "uses", "retired_on", "replaced_by")
    list_filter = ("kind", RetiredFilter)
    list_select_related = ("country", "replaced_by")
    search_fields = ("name", "country__label")
    autocomplete_fields = ("country",)
