"""Practices in the admin: the record, its rows, and its change history."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from practices.admin.citing.fields import begins_with
from practices.admin.curated import CuratedAdmin
from practices.admin.form.fields import FigureField
from practices.admin.form.rows import RowFormSet, RowInline
from practices.admin.importing.views import export
from practices.index.schema import FIELDS
from practices.models import CountryLink, Involvement, Outcome, Practice, PracticeCitation, Relation
from practices.models.practice import SAME_ACTOR

# Headings of the form's parts
WHAT, WHERE, WHEN = _("What it is"), _("Places"), _("When, and how sure")


class CountryLinkInline(RowInline):
    """Its countries."""

    model = CountryLink
    after = WHAT
    autocomplete_fields = ("country",)


class InvolvementFormSet(RowFormSet):
    """Refuses the same actor twice in one form, which Django does not look for under conditional constraints."""

    def clean(self) -> None:
        super().clean()
        there = [form for form in self.forms if form.has_changed() or form in self.initial_forms]
        rows = [form.instance for form in there if form.is_valid() and form not in self.deleted_forms]
        actors = [(row.role_id, row.function, row.stakeholder_id or row.note) for row in rows]
        if len(actors) > len(set(actors)):
            raise ValidationError(SAME_ACTOR)


class InvolvementInline(RowInline):
    """Who takes part, in which role and function."""

    model = Involvement
    after = WHERE
    formset = InvolvementFormSet
    autocomplete_fields = ("role", "stakeholder", "citations")


class OutcomeInline(RowInline):
    """What came of it."""

    model = Outcome
    after = WHEN
    autocomplete_fields = ("citations",)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: object
    ) -> forms.Field | None:
        if db_field.name == "value":
            kwargs["form_class"] = FigureField
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class RelationInline(RowInline):
    """How it stands to other practices."""

    model = Relation
    after = WHEN
    fk_name = "practice"
    autocomplete_fields = ("other", "citations")


class PracticeCitationInline(RowInline):
    """The passages that support it."""

    model = PracticeCitation
    autocomplete_fields = ("citation",)

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: object) -> int:
        return 1 if new_passage(request, obj) else 0


def new_passage(request: HttpRequest, practice: Model | None) -> str:
    """Return the passage with which the form of a practice begins, "" where there is none or it is cited already."""
    passage = begins_with(request)
    if practice is None or not passage.isdecimal():
        return passage
    return "" if PracticeCitation.objects.filter(practice=practice.pk, citation=int(passage)).exists() else passage


#: the fields with many terms, and those that have no place of their own in the form
TERMS = [field.name for field in FIELDS if field.kind == "terms"]
OTHERS = [field.name for field in FIELDS if field.kind != "special" and not field.placed and field.name not in TERMS]


@admin.register(Practice)
class PracticeAdmin(CuratedAdmin):
    """One practice, with everything that belongs to it."""

    list_display = ("title", "state", "modified", "kind", "level", "reported_status")
    actions = (*CuratedAdmin.actions, export)
    list_filter = ("state", "kind", "level", "dimensions", "reported_status", "evidence")
    list_select_related = ("kind", "level")
    search_fields = ("title", "ref", "slug", "summary", "title_original")
    autocomplete_fields = (*TERMS, "places")
    inlines = (CountryLinkInline, InvolvementInline, OutcomeInline, RelationInline, PracticeCitationInline)
    fieldsets: ClassVar[Any] = (
        (_("Name"), {"fields": ["title", "slug", "title_original", "title_original_lang", "other_names"]}),
        (WHAT, {"fields": ["summary", "description", "kind", "level"]}),
        (WHERE, {"fields": ["places"]}),
        (WHEN, {"fields": ["year_start", "year_end", "reported_status", "status_year", "evidence"]}),
        *([(_("Other facts"), {"fields": OTHERS})] if OTHERS else []),
        (_("Terms"), {"fields": TERMS}),
        CuratedAdmin.bookkeeping,
    )

    def get_formset_kwargs(self, request: HttpRequest, obj: Model, inline: Any, prefix: str) -> dict[str, Any]:
        """Begin with a row for the passage that the address names."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        passage = new_passage(request, obj) if inline.model is PracticeCitation else ""
        return {**kwargs, "initial": [{"citation": passage}]} if passage else kwargs
