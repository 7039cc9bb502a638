"""Searches without success and checked links in the admin: looked at and put aside, never typed."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from practices.admin.access.rights import LookedUpMixin
from practices.curation.links import url_fields
from practices.curation.roles import Act, allowed
from practices.models import LinkCheck, SearchMiss

#: in a form of the desk: come back to it
FROM_DESK = "_desk"


def synonym_url(miss: SearchMiss) -> str:
    """Return the address of a new ring of synonyms with the words of a search in it."""
    words = [miss.query, miss.retyped_as] if miss.retyped_as else [miss.query]
    values = {"code": slugify(miss.query)[:60] or f"search-{miss.pk}", "words": "\n".join(words)}
    return f"{reverse('admin:practices_synonymring_add')}?{urlencode(values)}"


def _mark(
    model_admin: admin.ModelAdmin, request: HttpRequest, misses: QuerySet[SearchMiss], *, dismissed: bool
) -> HttpResponse | None:
    number = misses.update(is_dismissed=dismissed)
    done = ngettext("%(n)s search dismissed.", "%(n)s searches dismissed.", number)
    if not dismissed:
        done = ngettext("%(n)s search is shown again.", "%(n)s searches are shown again.", number)
    model_admin.message_user(request, done % {"n": number}, messages.SUCCESS)
    return redirect("admin:index") if FROM_DESK in request.POST else None


@admin.action(description=_("Dismiss"), permissions=["view"])
def dismiss(model_admin: admin.ModelAdmin, request: HttpRequest, misses: QuerySet[SearchMiss]) -> HttpResponse | None:
    """Leave the chosen searches off the desk from now on."""
    return _mark(model_admin, request, misses, dismissed=True)


@admin.action(description=_("Show on the desk again"), permissions=["view"])
def show_again(
    model_admin: admin.ModelAdmin, request: HttpRequest, misses: QuerySet[SearchMiss]
) -> HttpResponse | None:
    """Show the chosen searches on the desk again."""
    return _mark(model_admin, request, misses, dismissed=False)


@admin.register(SearchMiss)
class SearchMissAdmin(LookedUpMixin, admin.ModelAdmin):
    """Searches that found nothing, or after which other words were tried, as `manage.py tend` counted them."""

    list_display = ("query", "found_nothing", "retyped", "retyped_as", "days", "last_day", "synonym")
    list_filter = ("is_dismissed",)
    search_fields = ("query", "retyped_as")
    actions = (dismiss, show_again)

    @admin.display(description="")
    def synonym(self, miss: SearchMiss) -> SafeString:
        """Return a link to a new ring of synonyms with its words."""
        return format_html('<a href="{}">{}</a>', synonym_url(miss), _("Make a synonym"))


@admin.register(LinkCheck)
class LinkCheckAdmin(LookedUpMixin, admin.ModelAdmin):
    """The addresses that records name, and how they answered when `manage.py tend` asked them."""

    list_display = ("url", "problem", "status", "since", "checked", "records")
    list_filter = (("problem", admin.EmptyFieldListFilter),)
    search_fields = ("url",)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list with the records that name each address, read at once for all of them."""
        changelist = super().get_changelist_instance(request)
        checks = {check.url: check for check in changelist.result_list}
        for model, name in url_fields():
            naming = model._default_manager.filter(**{f"{name}__in": checks})
            for record in allowed(request.user, Act.READ, naming):
                vars(checks[getattr(record, name)]).setdefault("named_by", []).append(record)
        return changelist

    @admin.display(description=_("named by"))
    def records(self, check: LinkCheck) -> SafeString:
        """Return links to the records that name the address, as far as the user may read them."""
        named_by = getattr(check, "named_by", ())
        links = [(reverse(f"admin:practices_{r._meta.model_name}_change", args=[r.pk]), r) for r in named_by]
        return format_html_join(", ", '<a href="{}">{}</a>', links)
