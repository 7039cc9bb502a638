"""Pages on accounts: one's own with its second factor, set-up links, and forgotten passwords.

Everybody changes the own password and telephone only; what administrators do for others stands in `users`.
"""

import time
from collections.abc import Callable
from functools import partial
from math import ceil
from threading import Thread
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import login
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp import login as otp_login
from django_otp.middleware import is_verified
from django_otp.plugins.otp_totp.models import TOTPDevice

from practices.accounts import factors, lockouts, notices, set_up
from practices.curation.limits import seconds_to_wait
from practices.curation.mail import has_mail

#: in a session: for which account somebody came by a set-up link and may set up the first telephone
SETTING_UP = "setting_up"
#: seconds for that
TIME_TO_SET_UP = 60 * 60
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def urls(site: admin.AdminSite) -> list[URLPattern]:
    """Return the pages on accounts, to stand before the other pages of a site."""
    pages: list[tuple[str, str, Callable[..., HttpResponseBase]]] = [
        ("account/", "account", site.admin_view(account)),
        ("account/backup-codes/", "backup_codes", site.admin_view(backup_codes)),
        ("account/second-factor/", "second_factor", second_factor),
        ("account/second-factor.svg", "second_factor_picture", second_factor_picture),
        ("forgotten/", "forgotten", forgotten),
        ("forgotten/sent/", "forgotten_sent", forgotten_sent),
        ("set-up/<uidb64>/<token>/", "set_up", SetUp.as_view()),
    ]
    return [path(route, view, name=name) for route, name, view in pages]


def page(request: HttpRequest, template: str, title: str, **context: object) -> TemplateResponse:
    """Return a page of the admin on accounts."""
    values = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, template, values)


# One's own account


def account(request: HttpRequest) -> HttpResponse:
    """Show somebody their account: what it is called, and how they get in."""
    user: Any = request.user
    phone = user.totpdevice_set.filter(confirmed=True).order_by("-pk").first()
    left = factors.backup_codes_left(user)
    return page(
        request,
        "admin/accounts/account.html",
        _("Your account"),
        phone=phone,
        codes_left=left,
        codes=factors.BACKUP_CODES,
        changes=notices.changes_by_others(user),
    )


def backup_codes(request: HttpRequest) -> HttpResponse:
    """Make new backup codes and show them, this once."""
    if request.method != "POST":
        return redirect("admin:account")
    return _codes_page(request, factors.new_backup_codes(request.user))  # type: ignore[arg-type]


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return page(request, "admin/accounts/codes.html", _("Your backup codes"), codes=codes)


class CodeForm(forms.Form):
    """The code that a telephone shows."""

    code = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


def second_factor(request: HttpRequest) -> HttpResponse:
    """Let somebody set up a telephone: begin, show its secret as a picture, and take the first code of it."""
    user = _setting_up(request)
    if user is None:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if request.method == "POST" and "begin" in request.POST:
        factors.begin(user)
        return redirect("admin:second_factor")
    device = factors.begun(user)
    form = CodeForm(request.POST if device and request.method == "POST" else None)
    if device and form.is_valid():
        if factors.confirm(device, form.cleaned_data["code"]):
            return _confirmed(request, user, device)
        form.add_error(
            "code", _("That is not the code that the telephone shows now. Wait for the next one, and type it.")
        )
    secret = factors.typed_secret(device) if device else ""
    return page(
        request, "admin/accounts/second_factor.html", _("Your second factor"), device=device, form=form, secret=secret
    )


def _confirmed(request: HttpRequest, user: User, device: TOTPDevice) -> HttpResponse:
    """Let somebody in whose telephone counts from now on, and show their backup codes where they have none."""
    if request.user.pk != user.pk:
        login(request, user, backend=MODEL_BACKEND)
        user.is_verified = partial(is_verified, user)  # type: ignore[attr-defined]  # as the middleware does
    request.session.pop(SETTING_UP, None)
    device.refresh_from_db()
    otp_login(request, device)
    messages.success(request, _("Your telephone is set up: at each log-in you are asked for the code that it shows."))
    if factors.backup_codes_left(user):
        return redirect("admin:account")
    return _codes_page(request, factors.new_backup_codes(user))


def second_factor_picture(request: HttpRequest) -> HttpResponse:
    """Return the secret of the telephone that somebody is setting up; of one that is set up never again."""
    user = _setting_up(request)
    if user is None:
        return redirect_to_login(reverse("admin:second_factor"), reverse("admin:login"))
    device = factors.begun(user)
    if device is None:
        raise Http404
    return HttpResponse(factors.picture(device), content_type="image/svg+xml")


def _setting_up(request: HttpRequest) -> User | None:
    """Return whose telephone is set up: of whoever is logged in, or came by a link and has none; or None."""
    if admin.site.has_permission(request):
        return request.user  # type: ignore[return-value]
    mark = request.session.get(SETTING_UP)
    if not isinstance(mark, dict) or mark["until"] < time.time():
        return None
    user = User.objects.filter(pk=mark["user"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == mark["hash"] and not factors.has_factor(user) else None


# Set-up links


class SetUp(PasswordResetConfirmView):
    """Lets whoever has a set-up link choose a password, and then set up a telephone where the account has none."""

    template_name = "admin/accounts/set_up.html"
    token_generator = set_up.tokens
    title = gettext_lazy("Choose your password")

    def get_user(self, uidb64: str) -> User | None:
        user: User | None = super().get_user(uidb64)
        return user if user and user.is_active else None

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        context = {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}
        return context if context["validlink"] else {**context, "title": _("This link is not valid any more")}

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        user = form.save()
        lockouts.unlock(user)
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        self.request.session.flush()  # whoever was logged in here is not the one who sets up
        if settings.LOCAL or factors.has_factor(user):
            messages.success(self.request, _("Your password is set. Log in with it."))
            return redirect("admin:login")
        factors.begin(user)
        mark = {"user": user.pk, "hash": user.get_session_auth_hash(), "until": time.time() + TIME_TO_SET_UP}
        self.request.session[SETTING_UP] = mark
        return redirect("admin:second_factor")


def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a set-up link to whoever has an account with an address; the answer is the same whether anybody has."""
    if not has_mail():
        raise Http404
    form = PasswordResetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if wait := seconds_to_wait("forgotten passwords", request.META.get("REMOTE_ADDR", "")):
            minutes = {"minutes": ceil(wait / 60)}
            form.add_error(None, _("That was asked for too often. Try again in %(minutes)s minutes.") % minutes)
            too_often = page(request, "admin/accounts/forgotten.html", _("Forgotten your password?"), form=form)
            too_often.status_code = 429
            return too_often
        links = [(user, set_up.set_up_url(user, request)) for user in form.get_users(form.cleaned_data["email"])]
        Thread(target=_send_links, args=(links,)).start()  # so that the answer takes as long for unknown addresses
        return redirect("admin:forgotten_sent")
    return page(request, "admin/accounts/forgotten.html", _("Forgotten your password?"), form=form)


def _send_links(links: list[tuple[User, str]]) -> None:
    for user, url in links:
        set_up.send_link(user, url)


def forgotten_sent(request: HttpRequest) -> HttpResponse:
    """Say that a link was sent, if there is anybody to whom."""
    return page(request, "admin/accounts/forgotten_sent.html", _("Look into your mail"), days=set_up.lasts().days)
