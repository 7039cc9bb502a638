"""Terms and places in the admin: how often each is used, retired where it is no longer to be chosen, and merged."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.history import AlwaysPublicAdmin
from practices.admin.lists.bulk import confirmation, title_of, with_undo, within_limit
from practices.admin.merging import MergingMixin
from practices.curation.operations import retiring
from practices.curation.roles import Act, may


@admin.action(description=gettext_lazy("Retire: no longer offer it"), permissions=["retire"])
def retire(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet) -> HttpResponse | None:
    """Retire the chosen terms or places, once the curator has seen how often they are used."""
    records = within_limit(model_admin, request, chosen.filter(retired_on=None))
    if records and "confirmed" not in request.POST:
        effect = _(
            "Forms will no longer offer what you chose. Records that have it keep it, and readers find them by it. "
            "To give these records another one instead, merge it into that one."
        )
        return confirmation(model_admin, request, records, effect=effect, lacks={})
    if records:
        operation = retiring.retire(records, title_of(_("Retire"), records), request.user)
        said = ngettext("%(n)s retired.", "%(n)s retired.", len(records)) % {"n": len(records)}
        model_admin.message_user(request, with_undo(said, operation), messages.SUCCESS)
    return None


@admin.action(description=gettext_lazy("Offer again what was retired"), permissions=["retire"])
def reinstate(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet) -> None:
    """Offer again the chosen terms or places that were retired, but for those that another one replaces."""
    records = within_limit(model_admin, request, chosen.filter(replaced_by=None).exclude(retired_on=None))
    if records:
        title = title_of(_("Offer again"), records)
        operation = retiring.reinstate(records, title, request.user)
        said = ngettext("%(n)s is offered again.", "%(n)s are offered again.", len(records)) % {"n": len(records)}
        model_admin.message_user(request, with_undo(said, operation), messages.SUCCESS)


class RetiredFilter(admin.SimpleListFilter):
    """Whether it is still offered."""

    title = gettext_lazy("retired")
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("no", _("Offered")), ("yes", _("Retired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(retired_on__isnull=self.value() == "no") if self.value() else queryset


class RetirableAdmin(MergingMixin, AlwaysPublicAdmin):
    """Records that may be retired and merged, each with how many records have it."""

    actions = (retire, reinstate)
    list_filter: ClassVar[tuple[Any, ...]] = (RetiredFilter,)

    def has_retire_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may retire records of this kind."""
        return may(request.user, self.merging)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return retiring.with_uses(super().get_queryset(request))

    @admin.display(description=gettext_lazy("uses"), ordering="used")
    def uses(self, record: Any) -> int:
        """Return how many records have it, whatever their state."""
        return int(record.used)


class TermsAdmin(RetirableAdmin):
    """Terms: whoever keeps the vocabularies merges and retires them."""

    merging = Act.VOCABULARIES


def offered(records: QuerySet, key: int | None) -> QuerySet:
    """Return which of some terms or places a list offers: none that is retired, but for the one that the record has."""
    return records.filter(Q(retired_on=None) | Q(pk=key))
