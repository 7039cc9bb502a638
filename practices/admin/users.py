"""Users in the admin: a name, an address, a role, and what administrators do for others. Each act is recorded and told.

Nobody sees or chooses another's password or second factor: a set-up link lets its owner do both. Django's own pages of
second factors and groups, which would show secrets and offer permissions that act on nothing, are not there.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.defaultfilters import yesno
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from practices.accounts import factors, lockouts, notices, set_up
from practices.admin.access.accounts import page
from practices.admin.access.rights import RightsMixin
from practices.admin.form.unchanged import UnchangedMixin
from practices.curation.mail import has_mail
from practices.curation.roles import Act, Role, give_role, given_role, role_of, users_who_may

Done = Callable[[HttpRequest, User], HttpResponse]


class InviteForm(forms.ModelForm):
    """Whom to invite, and with which role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = has_mail()


class RoleField(forms.ChoiceField):
    """The role of a user, or none."""

    def __init__(self) -> None:
        help_text = gettext_lazy(
            "Contributors write drafts and propose edits; editors also edit and review what others wrote; publishers"
            " decide what readers see, and keep the vocabularies; administrators also keep the users."
        )
        choices = [("", gettext_lazy("No role")), *Role.choices]
        super().__init__(label=gettext_lazy("Role"), choices=choices, required=False, help_text=help_text)

    def clean(self, value: object) -> Role | None:
        text = super().clean(value)
        return Role(text) if text else None


class CuratorForm(forms.ModelForm):
    """A user, with the role that they have. Somebody must stay who may keep the users."""

    role = RoleField()

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "is_active", "is_superuser")
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = given_role(self.instance) or ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if role_of(self.instance) is Role.ADMINISTRATOR and not self._stays_administrator(cleaned):
            list(Group.objects.select_for_update().filter(name=Role.ADMINISTRATOR))  # one after the other
            if not users_who_may(Act.USERS).exclude(pk=self.instance.pk).exists():
                raise ValidationError(
                    _("Nobody could manage users any longer. Make somebody else an administrator first."),
                    code="last_administrator",
                )
        return cleaned

    def _stays_administrator(self, cleaned: dict[str, Any]) -> bool:
        is_superuser = cleaned.get("is_superuser", self.instance.is_superuser)
        return bool(cleaned.get("is_active")) and (is_superuser or cleaned.get("role") is Role.ADMINISTRATOR)

    def changes(self) -> str:
        """Return in words what changes: each field with what it was and what it is."""
        changed = ((name, self.fields[name]) for name in self.changed_data)
        return "; ".join(
            f"{field.label}: {_said(field, self.initial.get(name))} → {_said(field, self.cleaned_data[name])}"
            for name, field in changed
        )


def _said(field: forms.Field, value: str | None) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices)[value or ""])  # type: ignore[arg-type]
    return str(yesno(value)) if isinstance(value, bool) else str(value or "–")


admin.site.unregister([User, Group, StaticDevice, TOTPDevice])


@admin.register(User)
class CuratorAdmin(RightsMixin, UnchangedMixin, admin.ModelAdmin):
    """One user. Only superusers make superusers, and change them.

    Users are deactivated, not deleted: the history would not know any longer who wrote it.
    """

    form = CuratorForm
    change_form_template = "admin/accounts/user.html"
    change_list_template = "admin/accounts/users.html"
    list_display = ("username", "role", "name", "email", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = UserAdmin.search_fields
    ordering = UserAdmin.ordering
    readonly_fields = ("last_login", "date_joined")
    own = ("username", "first_name", "last_name", "email", "role", "is_active")
    dates = (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")})

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        more = ("is_superuser",) if request.user.is_superuser else ()
        return ((None, {"fields": (*self.own, *more)}), self.dates)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let nobody find out the hash of a password letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        above = isinstance(obj, User) and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not above

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("role"))
    def role(self, user: User) -> str:
        """Return the name of the user's role."""
        role = role_of(user)
        return str(role.label) if role else "–"

    @admin.display(description=gettext_lazy("name"), ordering="first_name")
    def name(self, user: User) -> str:
        """Return the user's own name."""
        return user.get_full_name() or "–"

    # The form of a user

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        known = {"locked": lockouts.is_locked(user), "has_factor": factors.has_factor(user)} if user else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **known})

    def save_related(
        self, request: HttpRequest, form: CuratorForm, formsets: Iterable[forms.BaseModelFormSet], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        give_role(form.instance, form.cleaned_data["role"])
        was = Role(form.initial["role"]) if form.initial["role"] else None
        notices.tell(form.instance, form.changes(), request.user, role=was, email=form.initial["email"])

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return form.changes()

    # What administrators do for others

    def get_urls(self) -> list[URLPattern]:
        acts = {"link": self.make_link, "remove-factors": self.remove_factors, "unlock": self.unlock}
        pages = [
            path(f"<path:object_id>/{name}/", self._act(done), name=f"auth_user_{name.replace('-', '_')}")
            for name, done in acts.items()
        ]
        return [*pages, *super().get_urls()]

    def _act(self, done: Done) -> Callable[..., HttpResponse]:
        """Return the view of an act: done to a user whom one may change, by a form that is sent."""

        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            user = self.get_object(request, object_id)
            if not self.has_change_permission(request, user):
                raise PermissionDenied
            if user is None:
                raise Http404
            return done(request, user) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

        return self.admin_site.admin_view(view)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Make an account with a role, which its owner sets up by a link."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InviteForm(request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            return page(request, "admin/accounts/invite.html", _("Invite somebody"), form=form, opts=self.opts)
        user = form.save(commit=False)
        user.set_unusable_password()
        user.save()
        give_role(user, Role(form.cleaned_data["role"]))
        what = _("Invited as %(role)s.") % {"role": Role(form.cleaned_data["role"]).label}
        return self._link_page(request, user, what)

    def make_link(self, request: HttpRequest, user: User) -> HttpResponse:
        """Make a set-up link for somebody, and send it where that can be done."""
        return self._link_page(request, user, _("Set-up link made."))

    def remove_factors(self, request: HttpRequest, user: User) -> HttpResponse:
        """Take somebody's lost telephone and backup codes from the account, and make the link to set up another."""
        factors.remove_factors(user)
        return self._link_page(request, user, _("Second factor removed, and set-up link made."))

    def unlock(self, request: HttpRequest, user: User) -> HttpResponse:
        """Let somebody log in again who typed too many wrong passwords."""
        lockouts.unlock(user)
        self._record(request, user, _("Unlocked."))
        messages.success(request, _("“%(name)s” may log in again.") % {"name": user})
        return redirect("admin:auth_user_change", user.pk)

    def _link_page(self, request: HttpRequest, user: User, what: str) -> HttpResponse:
        """Return the page that shows a new set-up link, this once."""
        self._record(request, user, what)
        url = set_up.set_up_url(user, request)
        sent = set_up.send_link(user, url)
        context = {"user_of_link": user, "url": url, "sent": sent, "what": what, "days": set_up.lasts().days}
        return page(request, "admin/accounts/link.html", _("Set-up link for “%(name)s”") % {"name": user}, **context)

    def _record(self, request: HttpRequest, user: User, what: str) -> None:
        self.log_change(request, user, what)
        notices.tell(user, what, request.user)
