"""Set-up links: whoever has one chooses a password for the account and, where it has none, a second factor.

A link is made by an administrator, for a new account or one whose password or telephone was lost, or sent by mail where
the password was forgotten. Nothing of it is kept: it holds a signature of the account as it is, so that it ends when it
was used, when the account logs in or gets another password or address, and after `PASSWORD_RESET_TIMEOUT`.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from practices.curation import mail


class SetUpTokenGenerator(PasswordResetTokenGenerator):
    """Signs links; one ends as well when the account's second factor is another."""

    key_salt = "practices.accounts.set_up"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        factors = sorted(user.totpdevice_set.filter(confirmed=True).values_list("pk", flat=True))
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{factors}"


tokens = SetUpTokenGenerator()


def set_up_path(user: User) -> str:
    """Return the path of a new set-up link."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("admin:set_up", args=[uid, tokens.make_token(user)])


def set_up_url(user: User, request: HttpRequest) -> str:
    """Return the whole address of a new set-up link."""
    return request.build_absolute_uri(set_up_path(user))


def lasts() -> timedelta:
    """Return how long a link may be used."""
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def send_link(user: User, url: str) -> bool:
    """Send somebody their link, where the site can send mail and they have an address; returns whether it was sent."""
    what_for = _("With this link you choose your password as “%(name)s”, and set up your telephone as a second factor:")
    how_long = _("It works once, and for %(days)s days. If you did not expect it, do nothing.")
    return mail.send(
        [user.email],
        _("Your account as a curator"),
        what_for % {"name": user.get_username()},
        url,
        how_long % {"days": lasts().days},
    )
