"""The log-in forms of the admin: whoever has a role is let in, whether or not somebody marked them as staff."""

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User

from practices.accounts.login import SecondStep
from practices.curation.roles import role_of


class RoleLoginMixin:
    """Lets in the staff, as Django does, and whoever has a role."""

    def confirm_login_allowed(self, user: User) -> None:
        if role_of(user):
            AuthenticationForm.confirm_login_allowed(self, user)  # type: ignore[arg-type]
        else:
            super().confirm_login_allowed(user)  # type: ignore[misc]


class PasswordLogin(RoleLoginMixin, AdminAuthenticationForm):
    """Asks for a password, on this machine only (KB_LOCAL)."""


class TwoFactorLogin(RoleLoginMixin, SecondStep):
    """Asks for a password and a second factor."""
