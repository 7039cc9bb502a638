"""Merging two records in the admin: the other one is searched for, both stand side by side, what moves is counted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.admin.access.rights import Actions
from practices.admin.form import conflicts
from practices.admin.form.refusals import violation
from practices.admin.lists.bulk import with_undo
from practices.curation.changes.workflow import NotReady
from practices.curation.operations.merging import CannotMerge, choices, hindrance, merge, moves
from practices.curation.roles import Act, may
from practices.models import Curated

#: how many records a search for the other one lists
FOUND = 20


@admin.action(description=gettext_lazy("Merge two into one"), permissions=["merge"])
def merge_two(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Model]) -> HttpResponse | None:
    """Lead to the page on which the two chosen records are merged."""
    keys = list(chosen.values_list("pk", flat=True)[:3])
    if len(keys) == 2:
        return HttpResponseRedirect(pair_address(model_admin.model, *keys))
    model_admin.message_user(request, _("Choose two records, and no more, to merge them."), messages.ERROR)
    return None


def merge_address(model: type[Model]) -> str:
    """Return the address of the page on which records of a model are merged."""
    return reverse(f"admin:practices_{model._meta.model_name}_merge")


def pair_address(model: type[Model], stays: int | None, goes: int | None) -> str:
    """Return the address of the page on which two records of a model, given by their keys, stand side by side."""
    return f"{merge_address(model)}?stays={stays}&goes={goes}"


class MergingMixin(admin.ModelAdmin):
    """Lets two records of a kind be merged."""

    #: what somebody must be allowed to do to merge
    merging = Act.MERGE

    def has_merge_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether somebody may merge records of this kind."""
        return may(request.user, self.merging, obj if isinstance(obj, Curated) else None)

    def get_actions(self, request: HttpRequest) -> Actions:
        actions = super().get_actions(request)
        if actions and self.has_merge_permission(request):
            actions["merge_two"] = self.get_action(merge_two)
        return actions

    def get_urls(self) -> list[URLPattern]:
        name = f"practices_{self.opts.model_name}_merge"
        return [path("merge/", self.admin_site.admin_view(self.merge_view), name=name), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may_merge = object_id is not None and self.has_merge_permission(request)
        address = f"{merge_address(self.model)}?stays={object_id}" if may_merge else ""
        context = {**(extra_context or {}), "merge_url": address}
        return super().changeform_view(request, object_id, form_url, context)

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Show two records side by side, or search for the second; merge them where that is sent."""
        data = request.POST if request.method == "POST" else request.GET
        stays = self._chosen(request, data.get("stays", ""))
        if stays is None or not self.has_merge_permission(request, stays):
            raise Http404 if self.has_merge_permission(request) else PermissionDenied
        goes = self._chosen(request, data.get("goes", "")) if data.get("goes") else None
        if goes is None:
            return self._search(request, stays)
        if not self.has_merge_permission(request, goes):
            raise PermissionDenied
        if request.method == "POST" and (response := self._merged(request, stays, goes)):
            return response
        return self._side_by_side(request, stays, goes)

    def _chosen(self, request: HttpRequest, key: str) -> Model | None:
        return self.get_object(request, key) if key.isascii() and key.isdigit() and len(key) < 19 else None

    def _search(self, request: HttpRequest, stays: Model) -> HttpResponse:
        """Show a search for the record to merge with."""
        typed = request.GET.get("q", "")
        others = self.get_queryset(request).exclude(pk=stays.pk)
        if isinstance(stays, Curated):
            others = others.filter(draft_of=None)
        results, distinct = self.get_search_results(request, others, typed)
        context = {"stays": stays, "q": typed, "found": list((results.distinct() if distinct else results)[:FOUND])}
        return self._page(
            request, "admin/practices/merging/search.html", context if typed.strip() else {**context, "found": None}
        )

    def _side_by_side(self, request: HttpRequest, stays: Model, goes: Model) -> HttpResponse:
        hindered = hindrance(stays, goes)
        context = {
            "stays": stays,
            "goes": goes,
            "hindrance": hindered,
            "choices": [(choice, request.POST.get(choice.name) == "goes") for choice in choices(stays, goes)],
            "moves": [] if hindered else moves(stays, goes),
            "opened": [(name, conflicts.opened_now(record)) for name, record in _both(stays, goes)],
        }
        return self._page(request, "admin/practices/merging/merge.html", context)

    def _merged(self, request: HttpRequest, stays: Model, goes: Model) -> HttpResponse | None:
        """Merge, and lead to the record that stays; None, with a message, where it cannot be."""
        try:
            with transaction.atomic():
                locked = list(self.model._default_manager.select_for_update().filter(pk__in=(stays.pk, goes.pk)))
                if len(locked) < 2 or any(
                    conflicts.opened_now(record) != request.POST.get(name, "") for name, record in _both(stays, goes)
                ):
                    raise CannotMerge(_("Somebody changed one of them since you opened this page: look at it again."))
                taken = [choice.name for choice in choices(stays, goes) if request.POST.get(choice.name) == "goes"]
                operation = merge(stays, goes, taken, request.user)
        except (CannotMerge, NotReady) as reason:
            self.message_user(request, str(reason), messages.ERROR)
        except IntegrityError as error:
            self.message_user(request, violation(error, [self.model]), messages.ERROR)
        else:
            said = _("%(goes)s is merged into %(stays)s.") % {"goes": goes, "stays": stays}
            self.message_user(request, with_undo(said, operation), messages.SUCCESS)
            return HttpResponseRedirect(reverse(f"admin:practices_{self.opts.model_name}_change", args=[stays.pk]))
        return None

    def _page(self, request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
        page = {**self.admin_site.each_context(request), "title": _("Merge"), "opts": self.opts, "media": self.media}
        return render(request, template, {**page, **context})


def _both(stays: Model, goes: Model) -> list[tuple[str, Model]]:
    """Return both records, with the names of the fields that say when they were last changed."""
    return [("opened_stays", stays), ("opened_goes", goes)]
