"""Saving at the same time as others: what the database alone can refuse is said in words, never on an error page."""

import re
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, models, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from practices.admin.form.state import state_of

#: the actions whose work is made ready before they write, or done in several transactions: others wait only for these
OWN_TRANSACTIONS = frozenset({"retag", "approve_edits"})


class RefusalMixin(admin.ModelAdmin):
    """Takes a form again where the database refused it: what somebody else saved meanwhile, the form sees by then."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        save = super().changeform_view
        view = partial(save, request, object_id, form_url, extra_context)
        try:
            return view()
        except IntegrityError:
            return self._view_again(request, view)

    def _view_again(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        """Save now, or show the form with the reason: its own, else that of the constraint."""
        try:
            return view()
        except IntegrityError as error:
            state_of(request).refusal = violation(error, [self.model, *(inline.model for inline in self.inlines)])
            return view()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except IntegrityError as error:
            self._refuse(request, error)
            return HttpResponseRedirect(request.get_full_path())

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:  # type: ignore[override]
        """Run an action on the chosen records; where the database refuses it, say why, and where they are none."""
        own = request.POST.get("action") in OWN_TRANSACTIONS
        try:
            with nullcontext() if own else transaction.atomic():
                return super().response_action(request, queryset)
        except IntegrityError as error:
            self._refuse(request, error)
        except (ValueError, OverflowError):  # no numbers of records
            self._refuse(request, _("These are no records of this list."))
        return None

    def _refuse(self, request: HttpRequest, reason: IntegrityError | str) -> None:
        text = reason if isinstance(reason, str) else violation(reason, [self.model])
        messages.error(request, text)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: object
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = state_of(request).refusal
        return form if refusal is None else refusing(form, refusal)


def violation(error: IntegrityError, owners: Iterable[type[models.Model]]) -> str:
    """Return the message of the constraint of some models that is broken, or advice where it is none of them."""
    for constraint in (constraint for model in owners for constraint in model._meta.constraints):
        if re.search(rf"\b{constraint.name}\b", str(error)):
            return str(constraint.get_violation_error_message())
    return _("This does not go with what somebody else saved in the meantime. Open the record again to see it.")


def refusing(form: type[forms.ModelForm], reason: str) -> type[forms.ModelForm]:
    """Return a form like another that is never valid, for this reason; "" where it says itself why."""

    class RefusingForm(form):  # type: ignore[valid-type, misc]
        def clean(self) -> dict[str, Any]:
            cleaned = super().clean()
            if reason:
                self.add_error(None, reason)
            return cleaned

        def is_valid(self) -> bool:
            super().is_valid()
            return False

    return RefusingForm
