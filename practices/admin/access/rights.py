"""Every right in the admin is asked of the table of roles, about the record where there is one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Field, ForeignKey, Model, Q, QuerySet
from django.db.models.fields.related import RelatedField
from django.forms import Field as FormField
from django.forms import ModelChoiceField
from django.http import HttpRequest

from practices.curation.roles import PART_OF, Act, act_on, allowed, may, name_for, role_of
from practices.models import Curated

#: the actions of a list by name: the function, its name, and what the list calls it
Actions = dict[str, tuple[Callable[..., str], str, str] | None]


class RightsMixin(admin.ModelAdmin):
    """An admin of records: whoever has a role may look at what they may read."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return role_of(request.user) is not None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, act_on(self.model, "view"), obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, act_on(self.model, "add"))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, act_on(self.model, "change"), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, act_on(self.model, "delete"), obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out what the user may not read, in lists, pickers and forms alike; refuse whoever has no role."""
        if role_of(request.user) is None:
            raise PermissionDenied
        return allowed(request.user, Act.READ, super().get_queryset(request))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: object
    ) -> ModelChoiceField | None:
        """Let what is part of a record belong to nothing but what the user may edit."""
        if db_field.name == PART_OF.get(self.model):
            kwargs["queryset"] = allowed(request.user, Act.EDIT, db_field.related_model._default_manager.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: object) -> FormField | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return readable_choices(field, db_field, request, self.model, "pk")

    def get_view_on_site_url(self, obj: Model | None = None) -> str | None:
        """Return the public page of a record, without Django's address on the way to it, which tells of any record."""
        if callable(self.view_on_site):
            return super().get_view_on_site_url(obj)
        address = getattr(obj, "get_absolute_url", None)
        return address() if address else None


class LookedUpMixin(RightsMixin):
    """What is looked at and never edited; what else is done to it needs no more right than to see it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RowRightsMixin(InlineModelAdmin):
    """Rows in the form of the record that owns them: who may edit the record may edit its rows."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._owner().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._owner().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: object) -> FormField | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return readable_choices(field, db_field, request, self.model, PART_OF[self.model])

    def get_view_on_site_url(self, obj: Model | None = None) -> str | None:
        return None

    def _owner(self) -> admin.ModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)


def readable_choices(
    field: FormField | None, db_field: Field, request: HttpRequest, model: type[Model], owner: str
) -> FormField | None:
    """Let a form field take only what its user may read, besides what the record of the page has already.

    `owner` is the lookup that leads from the model of the field to that record. What may not be read is not named.
    """
    if not isinstance(field, ModelChoiceField) or field.queryset is None:
        return field
    records = field.queryset
    readable = allowed(request.user, Act.READ, records)
    if readable is records:
        return field
    key = str(request.resolver_match.kwargs.get("object_id", "")) if request.resolver_match else ""
    had = model._base_manager.filter(**{owner: key}) if key.isdecimal() else model._base_manager.none()
    field.queryset = records.filter(Q(pk__in=readable.values("pk")) | Q(pk__in=had.values(db_field.name)))
    field.label_from_instance = partial(name_for, request.user)  # type: ignore[method-assign]
    return field


class ReadableFilter(admin.RelatedFieldListFilter):
    """A filter of a list by the records that the user may read."""

    def field_choices(
        self, field: RelatedField, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, Any]]:
        related: type[Model] = field.remote_field.model
        originals = {"draft_of": None} if issubclass(related, Curated) else {}
        readable = allowed(request.user, Act.READ, related._default_manager.filter(**originals))
        choices = field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to={"pk__in": readable.values("pk")},
        )
        return list(choices)
