"""The second step of the log-in: asked once the password is right; what is typed tells the telephone from the paper."""

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django_otp.admin import OTPAdminAuthenticationForm
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from practices.accounts.factors import has_factor


def device_of(user: User, code: str) -> Device | None:
    """Return the device of somebody of which this can be a code: digits are a telephone's. None where there is none."""
    kinds: list[type[Device]] = [TOTPDevice, StaticDevice]
    if not (code.isdecimal() and len(code) in (6, 8)):
        kinds.reverse()
    devices = (kind.objects.filter(user=user, confirmed=True).order_by("-pk").first() for kind in kinds)
    return next(filter(None, devices), None)


class SecondStep(OTPAdminAuthenticationForm):
    """Asks for the password, then for a code. `second_step` is set once the password is right."""

    otp_error_messages = {
        **OTPAdminAuthenticationForm.otp_error_messages,
        "invalid_token": _("That code does not open your account: it was mistyped, used before, or is too old."),
        "n_failed_attempts": _("That code does not open your account. Wait some seconds before you try another."),
    }
    second_step = False

    def clean_otp(self, user: User | None) -> None:
        if user is not None and not has_factor(user):
            raise forms.ValidationError(
                _("Your account has no second factor yet. Ask an administrator for a set-up link."), code="no_factor"
            )
        self.second_step = user is not None
        self.cleaned_data["otp_token"] = "".join((self.cleaned_data.get("otp_token") or "").split()).lower()
        super().clean_otp(user)

    def _chosen_device(self, user: User) -> Device | None:
        return super()._chosen_device(user) or device_of(user, self.cleaned_data["otp_token"])
