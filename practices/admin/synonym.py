"""Rings of synonyms in the admin: one word or short phrase to a line; a change acts on the next search."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.http import HttpRequest

from practices.admin.form.fields import WordsField
from practices.admin.history import AlwaysPublicAdmin
from practices.curation.searches import dismiss_answered
from practices.models import SynonymRing


@admin.register(SynonymRing)
class SynonymRingAdmin(AlwaysPublicAdmin):
    """Words that answer for each other in a search."""

    list_display = ("code", "__str__", "note")
    search_fields = ("code", "words", "note")

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: object
    ) -> forms.Field | None:
        if db_field.name == "words":
            return WordsField(label=db_field.verbose_name, help_text=db_field.help_text)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        dismiss_answered(obj.words)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
