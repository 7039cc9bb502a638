"""Users and groups in the admin: a name, an address, a role. No permission on records is picked by hand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from practices.admin.accounts import AccountActs
from practices.curation.roles import Act, Role, give_role, given_role, may, role_of

#: Django's own fields of a user, for superusers
DJANGO_S = ("is_staff", "is_superuser", "groups", "user_permissions")


class RoleField(forms.ChoiceField):
    """The role of a user, or none."""

    def __init__(self) -> None:
        help_text = _(
            "Contributors write drafts and propose edits; editors also edit and review what others wrote; publishers"
            " decide what readers see, and keep the vocabularies; administrators also keep the users."
        )
        choices = [("", _("No role")), *Role.choices]
        super().__init__(label=_("Role"), choices=choices, required=False, help_text=help_text)

    def clean(self, value: Any) -> Role | None:
        text = super().clean(value)
        return Role(text) if text else None


class CuratorAddForm(AdminUserCreationForm):
    """A new user, with a role."""

    role = RoleField()


class CuratorChangeForm(UserChangeForm):
    """A user, with the role that they have."""

    role = RoleField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = given_role(self.instance) or ""


admin.site.unregister([User, Group])


@admin.register(User)
class CuratorAdmin(AccountActs, UserAdmin):
    """One user. Only superusers change what Django itself knows of a user, and superusers.

    Users are deactivated, not deleted: the history would not know any longer who wrote it.
    """

    form = CuratorChangeForm
    add_form = CuratorAddForm
    list_display = ("username", "role", "first_name", "last_name", "email", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    readonly_fields = ("last_login", "date_joined")
    own = ("username", "first_name", "last_name", "email", "role")
    fieldsets = (
        (None, {"fields": (*own, "is_active", "password")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    django_s = (_("Django's own"), {"fields": DJANGO_S, "classes": ("collapse",)})
    add_fieldsets = ((None, {"fields": (*own, "usable_password", "password1", "password2"), "classes": ("wide",)}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return (*fieldsets, self.django_s) if obj and request.user.is_superuser else fieldsets

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return may(request.user, Act.USERS) and not above

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        give_role(form.instance, form.cleaned_data["role"])

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.exclude(name__in=Role.values)
        if db_field.name == "user_permissions":
            kwargs["queryset"] = picked_permissions()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("role"))
    def role(self, user: User) -> str:
        """Return the name of the user's role."""
        role = role_of(user)
        return str(role.label) if role else "–"


@admin.register(Group)
class OtherGroupAdmin(GroupAdmin):
    """Groups that are no roles, for superusers."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).exclude(name__in=Role.values)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs["queryset"] = picked_permissions()
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def picked_permissions() -> QuerySet[Permission]:
    """Return the permissions that act when picked by hand: those of other apps than this."""
    others = Permission.objects.exclude(content_type__app_label="practices")
    return others.select_related("content_type").order_by("content_type__app_label", "content_type__model", "codename")
