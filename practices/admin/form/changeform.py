"""The form in which a record is written: its parts in reading order, what is wrong, what is missing, what is like it.

Beside the form stands what the site knows of it. `check_view` says the same of what is typed and not saved yet: it
saves the form in a transaction that is rolled back, so that the gates judge the very record that saving would make.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import Fieldset, InlineAdminFormSet
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practices.admin.form.help import HelpMixin
from practices.admin.form.paragraph import paragraph_beside, stay_beside
from practices.admin.form.state import post_instead, state_of
from practices.curation.quality import Scope, issues
from practices.curation.quality.similar import NO_FACTS, Facts, Similar, name_fields, similar_records, similar_to
from practices.curation.roles import Act, Person, allowed, hide_names
from practices.curation.sources.passages import saved
from practices.models import Citation, CountryLink, Curated, Involvement, Practice, Presence, State

#: the button that adds a row where no script does
ADD_ROW = "_addrow"


@dataclass(frozen=True)
class FormPart:
    """One part of a form: fields under a heading, or the rows of one kind. Exactly one of the two is there."""

    fields: Fieldset | None = None
    rows: InlineAdminFormSet | None = None


class FieldError(NamedTuple):
    """An error of a form: which field, what is wrong, and the address of the field within the page, or ""."""

    label: str
    message: str
    target: str


class Lack(NamedTuple):
    """What a record needs before it may be public, and the address of the field within the page, or ""."""

    need: str
    target: str


def parts_of(fieldsets: Iterable[Any], formsets: Iterable[InlineAdminFormSet]) -> list[FormPart]:
    """Return the parts of a form in reading order: rows after the fields they name, else before the last fields."""
    groups, left = list(fieldsets), list(formsets)
    headings = [str(group.name) for group in groups]
    parts = []
    for number, group in enumerate(groups):
        parts.append(FormPart(fields=group))
        here = [rows for rows in left if place_of(rows.opts, headings) == number]
        parts += [FormPart(rows=rows) for rows in here]
    return parts


def place_of(inline: InlineModelAdmin, headings: list[str]) -> int:
    """Return the number of the heading after whose fields the rows of an inline stand."""
    after = str(getattr(inline, "after", ""))
    return headings.index(after) if after in headings else max(len(headings) - 2, 0)


def faults_of(form: forms.ModelForm, formsets: Iterable[InlineAdminFormSet]) -> list[FieldError]:
    """Return every error of a form and its rows in their order."""
    return [*_faults(form), *(fault for rows in formsets for fault in _faults_of_rows(rows))]


def _faults(form: forms.ModelForm, before: str = "", target: str = "") -> Iterator[FieldError]:
    for name, errors in form.errors.items():
        field = form[name] if name in form.fields else None
        label = f"{before}{field.label}" if field else before.rstrip(": ")
        yield from (FieldError(label, str(error), f"#{field.id_for_label}" if field else target) for error in errors)


def _faults_of_rows(rows: InlineAdminFormSet) -> Iterator[FieldError]:
    target, kind = f"#{rows.formset.prefix}-group", str(rows.opts.verbose_name).capitalize()
    yield from (FieldError(kind, error, target) for error in rows.formset.non_form_errors())
    for number, form in enumerate(rows.formset.forms, 1):
        if form.is_bound and not form.cleaned_data.get(DELETION_FIELD_NAME):
            yield from _faults(form, f"{kind} {number}: ", target)


def with_partners(model: type[Model], names: set[str]) -> set[str]:
    """Return the names of some fields of a model, with those that stand in a constraint with one of them."""
    together = (
        {
            *getattr(constraint, "fields", ()),
            *getattr(getattr(constraint, "condition", None), "referenced_base_fields", ()),
        }
        for constraint in model._meta.constraints
    )
    return names.union(*(group for group in together if group & names))


def lacks_of(record: Curated, form: forms.ModelForm, formsets: Iterable[forms.BaseInlineFormSet]) -> list[Lack]:
    """Return what a saved record needs before it may be public, each with the place in the form to write it.

    Whatever else nobody has typed yet and no record is saved without comes first.
    """
    targets = {name: f"#{form[name].id_for_label}" for name in form.fields}
    targets |= {str(formset.prefix): f"#{formset.prefix}-group" for formset in formsets}
    lacks = [
        Lack(issue.missing, next((targets[name] for name in gate.fields if name in targets), ""))
        for gate, issue in issues(Scope(record), publishing=True)
    ]
    empty = [name for name in form.fields if form.has_error(name, "required")] if form.is_bound else []
    named = {lack.target for lack in lacks}
    return [Lack(str(form[name].label), targets[name]) for name in empty if targets[name] not in named] + lacks


class CuratorFormMixin(HelpMixin, admin.ModelAdmin):
    """Draws the form of a model admin, and answers what is asked while somebody types into it."""

    #: the field that has the focus when the form opens; the first one where this is ""
    first_field = ""

    @property
    def media(self) -> forms.Media:
        scripts = ("rows", "pickers", "form")
        smaller = "" if settings.DEBUG else ".min"
        libraries = (f"vendor/jquery/jquery{smaller}", f"vendor/select2/select2.full{smaller}", "jquery.init")
        # ours for pickers changes what Django's has defined
        django = [f"admin/js/{name}.js" for name in (*libraries, "autocomplete")]
        own = forms.Media(js=[*django, *(f"js/admin/{name}.js" for name in scripts)])
        return super().media + own

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        check, presence = view(self.check_view), view(self.presence_view)
        return [
            path("add/check/", check, name=f"{name}_check_new"),
            path("<path:object_id>/check/", check, name=f"{name}_check"),
            path("<path:object_id>/presence/", presence, name=f"{name}_presence"),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: object
    ) -> type[forms.ModelForm]:
        """Give the focus to the record's name when the form opens."""
        form = super().get_form(request, obj, change=change, **kwargs)
        wanted = [*name_fields(self.model), *form.base_fields]
        first = next((name for name in wanted if name in form.base_fields), None)
        if first:
            form.base_fields[first].widget.attrs["autofocus"] = True
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add an empty row where no script can; note who has the record open, or has it no more."""
        if request.method == "POST" and ADD_ROW in request.POST:
            _add_row(request)
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        if request.method == "POST" and response.status_code == 302:
            stay_beside(request, response)
            if object_id:
                self._note_presence(request, object_id)
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form, rows, record = context["adminform"].form, context["inline_admin_formsets"], kwargs.get("obj")
        formsets = [inline.formset for inline in rows]
        for row in (row for formset in formsets for row in formset.initial_forms):
            hide_names(request.user, row.instance)
        address = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        is_edited = self.has_change_permission(request, record)
        context |= {
            "parts": parts_of(context["adminform"], rows),
            "faults": faults_of(form, rows) if form.is_bound else [],
            "add_row": ADD_ROW,
            "check_url": reverse(f"{address}_check", args=[record.pk]) if record else reverse(f"{address}_check_new"),
            "presence_url": reverse(f"{address}_presence", args=[record.pk]) if record and is_edited else "",
            "others": Presence.objects.beside(record, request.user) if record else [],
            "paragraph": paragraph_beside(request),
            **self._beside(request.user, record, form, formsets),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    # What is asked while somebody types

    def check_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say what is missing from, and what is like, the record that saving the posted form would make.

        Nothing where there is no such record any more: `presence_view` says so.
        """
        record = self._open_record(request, object_id) if object_id else None
        if object_id and record is None:
            return HttpResponse()
        if record is None and not self.has_add_permission(request):
            raise PermissionDenied
        return require_POST(self._about)(request, record)

    def _about(self, request: HttpRequest, record: Model | None) -> HttpResponse:
        form_class = self.get_form(request, record, change=record is not None)
        form = form_class(request.POST, instance=record)
        formsets, _inlines = self._create_formsets(  # type: ignore[attr-defined]
            request, record or form.instance, change=record is not None
        )
        form.is_valid()
        context = {
            "lacks": self._lacks_as_typed(form, formsets),
            "similar": self._similar_as_typed(request.user, record, form, formsets),
            "is_curated": issubclass(self.model, Curated),
            "opts": self.opts,
        }
        return render(request, "admin/practices/about.html", context)

    def presence_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note that somebody has a record open, or has it no more, and say who else has it open.

        Where it was withdrawn or ended since the form was opened, say so: the browser would only report an error.
        """
        return require_POST(self._beside_others)(request, self._open_record(request, object_id))

    def _beside_others(self, request: HttpRequest, record: Model | None) -> HttpResponse:
        if record is not None and "gone" in request.POST:
            Presence.objects.leave(record, request.user)
        elif record is not None:
            Presence.objects.mark(record, request.user)
        others = Presence.objects.beside(record, request.user) if record is not None else []
        return render(request, "admin/practices/presence.html", {"others": others, "is_lost": record is None})

    def _open_record(self, request: HttpRequest, object_id: str) -> Model | None:
        """Return the record of an open form, None where its user may not change it, or not any more.

        Raises PermissionDenied for who may see no such record at all.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.get_object(request, unquote(object_id))
        may_change = record is not None and self.has_change_permission(request, record)
        return record if may_change else None

    def _note_presence(self, request: HttpRequest, object_id: str) -> None:
        record = self.model(pk=self.opts.pk.to_python(unquote(object_id)))
        note = Presence.objects.mark if "_continue" in request.POST else Presence.objects.leave
        note(record, request.user)

    # What stands beside the form

    def _beside(
        self, user: Person, record: Model | None, form: forms.ModelForm, formsets: list[forms.BaseInlineFormSet]
    ) -> dict[str, Any]:
        """Return what stands beside a form as it is opened: of what is public, nothing like it is looked for.

        What a new record lacks is asked by the browser, as no page that is only opened writes anything.
        """
        if form.is_bound:
            similar = self._similar_as_typed(user, record, form, formsets)
        elif record is None or getattr(record, "state", "") == State.PUBLISHED:
            similar = []
        else:
            similar = similar_to(self._readable(user), record)
        is_curated = issubclass(self.model, Curated)
        lacks = lacks_of(record, form, formsets) if isinstance(record, Curated) else None
        return {"lacks": lacks, "similar": similar, "is_curated": is_curated}

    def _similar_as_typed(
        self, user: Person, record: Model | None, form: forms.ModelForm, formsets: list[forms.BaseInlineFormSet]
    ) -> list[Similar]:
        names = [form.data.get(form.add_prefix(name), "") for name in name_fields(self.model)]
        facts = _facts_as_typed(form, formsets) if self.model is Practice else NO_FACTS
        return similar_records(self._readable(user), names, record, facts)

    def _readable(self, user: Person) -> QuerySet:
        return allowed(user, Act.READ, self.model._default_manager.all())

    def _lacks_as_typed(self, form: forms.ModelForm, formsets: list[forms.BaseInlineFormSet]) -> list[Lack] | None:
        """Return what the record would lack if it were saved so, as far as it could be; nothing stays saved."""
        if not issubclass(self.model, Curated):
            return None
        with transaction.atomic():
            _fill_in(form.instance)
            _save_what_is_valid(form, formsets)
            lacks = lacks_of(form.instance, form, formsets)
            transaction.set_rollback(True)
        return lacks


def _add_row(request: HttpRequest) -> None:
    """Let the form be drawn again with one more row of a kind, and nothing saved."""
    data = request.POST.copy()
    total = f"{data[ADD_ROW]}-TOTAL_FORMS"
    if (number := str(data.get(total, ""))).isdecimal():
        data[total] = str(int(number) + 1)
    post_instead(request, data)
    state_of(request).refusal = _("A row was added. Nothing is saved yet.")


def _fill_in(record: Model) -> None:
    """Give a new record whatever no record is saved without and nobody has typed yet, for as long as it is judged."""
    fields = () if record.pk else record._meta.concrete_fields
    for field in fields:
        if field.null or field.blank or field.primary_key or field.value_from_object(record):
            continue
        if isinstance(field, ForeignKey):
            setattr(record, field.name, field.remote_field.model._default_manager.order_by("pk").first())
        elif field.choices:
            setattr(record, field.name, field.choices[0][0])
        elif field.name == "slug":
            setattr(record, field.name, f"new-{uuid4()}")


def _save_what_is_valid(form: forms.ModelForm, formsets: list[forms.BaseInlineFormSet]) -> None:
    """Write to the database what of a form can be: fields that are in order, and rows of kinds that are.

    What breaks a constraint is left out: the form names it when it is saved.
    """
    record = form.instance
    record.skip_history_when_saving = True
    relations = [field for field in record._meta.many_to_many if field.name in form.changed_data]
    parts = [partial(_save_terms, form, field) for field in relations]
    rows = [formset.save for formset in formsets if formset.is_valid()]
    whole = [form.save] if form.is_valid() else [record.save, *parts]
    for save in (*whole, *rows):
        with suppress(IntegrityError), transaction.atomic():
            save()
        if record.pk is None:
            return


def _save_terms(form: forms.ModelForm, field: ManyToManyField) -> None:
    """Write what was chosen in a field of several; a citation may be new."""
    records = form.cleaned_data.get(field.name) or ()
    field.save_form_data(
        form.instance, [saved(record) if isinstance(record, Citation) else record for record in records]
    )


def _facts_as_typed(form: forms.ModelForm, formsets: list[forms.BaseInlineFormSet]) -> Facts:
    """Return the same of a practice that is being written."""
    rows = [row.instance for formset in formsets if formset.is_valid() for row in formset.forms]
    topics = form["topics"].data or () if "topics" in form.fields else ()
    return Facts(
        {row.stakeholder_id for row in rows if isinstance(row, Involvement) and row.stakeholder_id},
        {row.country_id for row in rows if isinstance(row, CountryLink) and row.country_id},
        {int(key) for key in topics if key.isdecimal()},
    )
