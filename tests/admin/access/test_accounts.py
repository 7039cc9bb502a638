"""Accounts: who may set what of whom, by which link, and what a second factor takes. (docs/quality.md, H4 and H5)"""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from threading import Thread

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from practices.accounts import factors, lockouts
from practices.curation.mail import has_mail
from practices.curation.roles import Role, give_role
from tests.conftest import HttpsClient, logged_in
from tests.forms import fields_of
from tests.responses import Response

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LOGIN = "/admin/login/"
PASSWORD, NEW_PASSWORD = "a-long-pass-phrase", "another-long-phrase"


def person(name: str = "paula", role: Role | None = Role.EDITOR, **fields: object) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD, **fields)
    give_role(user, role)
    return user


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """Return the code that a telephone shows now, or so many half minutes later."""
    return f"{totp(device.bin_key, t0=device.t0 - 30 * steps):06}"


def act(client: Client, name: str, user: User) -> Response:
    """Do something for a user as an administrator."""
    return client.post(reverse(f"admin:auth_user_{name}", args=[user.pk]))


def link_of(response: Response) -> str:
    """Return the path of the link that a page shows."""
    return "/" + response.context["url"].split("/", 3)[3]


def link(user: User) -> str:
    """Return the path of a link that an administrator made for a user."""
    administrator, _made = User.objects.get_or_create(username="root", is_superuser=True, is_staff=True)
    return link_of(act(logged_in(HttpsClient(), administrator), "link", user))


def choose_password(client: Client, url: str, password: str = NEW_PASSWORD) -> Response:
    """Open a set-up link and choose a password."""
    page = client.get(url).headers["Location"]
    values = fields_of(client, page, "set-up-form")
    return client.post(page, values | {"new_password1": [password], "new_password2": [password]}, follow=True)


def log_in(client: Client, name: str, password: str, code: str = "", address: str = "127.0.0.1") -> Response:
    """Log in as a browser does: the password first, then the code."""
    values = fields_of(client, LOGIN, "login-form") | {"username": [name], "password": [password]}
    response = client.post(LOGIN, values, REMOTE_ADDR=address)
    if code and "otp_token" in response.content.decode():
        response = client.post(LOGIN, values | {"otp_token": [code]}, REMOTE_ADDR=address)
    return response


def is_in(client: Client) -> bool:
    return client.get("/admin/account/").status_code == 200


# Set-up links


def test_by_a_link_somebody_chooses_a_password_and_sets_up_a_telephone_and_is_in() -> None:
    user = person()
    user.set_unusable_password()
    user.save()
    client = HttpsClient()
    page = choose_password(client, link(user))
    assert page.redirect_chain[-1][0] == "/admin/account/second-factor/"
    assert not is_in(client)
    picture = client.get("/admin/account/second-factor.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content and not re.search(rb"<script|style=|<style", picture.content)
    device = TOTPDevice.objects.get(user=user)
    done = client.post("/admin/account/second-factor/", {"code": code_of(device)})
    assert len(done.context["codes"]) == factors.BACKUP_CODES
    assert is_in(client)
    again = HttpsClient()
    assert log_in(again, "paula", NEW_PASSWORD, done.context["codes"][0]).status_code == 302
    assert is_in(again)


def test_h5_a_link_works_once_and_not_after_a_login_or_another_password(client: Client) -> None:
    user = person()
    factors.new_backup_codes(user)
    first, second = link(user), link(user)
    choose_password(HttpsClient(), first)
    for url in (first, second):
        assert "not valid any more" in client.get(url).content.decode()


def test_h5_a_link_is_refused_that_is_too_old_forged_or_anothers(client: Client, settings: Settings) -> None:
    user, other = person(), person("otto")
    url = link(user)
    start, uid, token, _end = url.rstrip("/").rsplit("/", 2)[0], *url.rstrip("/").rsplit("/", 2)[1:], ""
    others = link(other).rstrip("/").rsplit("/", 2)[1]
    for forged in (f"{start}/{others}/{token}/", f"{start}/{uid}/{token[:-1]}x/", f"{start}/{uid}/set-password/"):
        assert "not valid any more" in client.get(forged).content.decode(), forged
    for odd in ("%00", "a" * 300, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "..."):
        assert client.get(f"{start}/{odd}/{token}/").status_code in (200, 404)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "not valid any more" in client.get(url).content.decode()


def test_a_link_of_somebody_who_was_deactivated_opens_nothing(client: Client) -> None:
    user = person()
    url = link(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert "not valid any more" in client.get(url).content.decode()


def test_a_weak_password_is_refused_in_words_and_the_link_goes_on_working() -> None:
    user, client = person(), HttpsClient()
    page = client.get(link(user)).headers["Location"]
    response = client.post(page, {"new_password1": "short", "new_password2": "short"})
    assert "at least 12 characters" in response.content.decode()
    assert client.get(page).context["validlink"]


def test_a_link_logs_out_whoever_was_logged_in_in_that_browser(curator_client: Client) -> None:
    choose_password(curator_client, link(person()))
    assert not is_in(curator_client)


def test_h5_a_link_to_an_account_with_a_second_factor_still_asks_for_it() -> None:
    user, client = person(), HttpsClient()
    codes = factors.new_backup_codes(user)
    page = choose_password(client, link(user))
    assert page.redirect_chain[-1][0] == LOGIN
    assert not is_in(client)
    assert client.get("/admin/account/second-factor/").headers["Location"].startswith(LOGIN)
    assert log_in(client, "paula", NEW_PASSWORD, codes[0]).status_code == 302


def test_h4_a_link_unlocks_the_account() -> None:
    user = person()
    for _ in range(5):
        log_in(HttpsClient(), "paula", "wrong")
    assert lockouts.is_locked(user)
    choose_password(HttpsClient(), link(user))
    assert not lockouts.is_locked(user)


# Forgotten passwords


def at_once(*, target: Callable[..., object], args: tuple[object, ...]) -> Thread:
    """Stand in for a thread that is done when it starts."""
    thread = Thread(target=lambda: None)
    target(*args)
    return thread


def test_h4_the_answer_to_a_forgotten_password_is_the_same_for_unknown_addresses(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HAS_MAIL = True
    monkeypatch.setattr("practices.admin.access.accounts.Thread", at_once)
    person()
    client = HttpsClient()
    answers = []
    for address in ("paula@example.org", "nobody@example.org"):
        values = fields_of(client, "/admin/forgotten/", "forgotten-form") | {"email": [address]}
        answers.append(client.post("/admin/forgotten/", values, follow=True).content)
    assert answers[0] == answers[1]
    [sent] = mail.outbox
    [url] = re.findall(r"https://testserver(\S+)", sent.body)
    choose_password(client, url)
    assert User.objects.get(username="paula").check_password(NEW_PASSWORD)


def test_links_are_asked_for_five_times_an_hour_from_one_address(client: Client, settings: Settings) -> None:
    settings.HAS_MAIL = True
    answers = [client.post("/admin/forgotten/", {"email": "nobody@example.org"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "too often" in answers[-1].content.decode()
    assert client.post("/admin/forgotten/", {"email": "a@example.org"}, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_without_mail_nothing_offers_to_send_any(client: Client) -> None:
    assert not has_mail()
    assert client.get("/admin/forgotten/").status_code == 404
    assert "orgotten" not in client.get(LOGIN).content.decode()


def test_with_mail_the_login_offers_a_link(client: Client, settings: Settings) -> None:
    settings.HAS_MAIL = True
    assert 'href="/admin/forgotten/"' in client.get(LOGIN).content.decode()


@pytest.mark.parametrize("address", ["", "no address", "\0@example.org", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_refused_in_words(client: Client, settings: Settings, address: str) -> None:
    settings.HAS_MAIL = True
    response = client.post("/admin/forgotten/", {"email": address})
    assert response.status_code == 200
    assert response.context["form"].errors["email"]


# The own account


def test_every_page_leads_to_the_own_account_and_that_to_another_password(curator_client: Client) -> None:
    account, password = reverse("admin:account"), reverse("admin:password_change")
    desk = curator_client.get("/admin/").content.decode()
    assert (desk.count(f'href="{account}"'), desk.count(f'href="{password}"')) == (1, 0)
    assert f'href="{password}"' in curator_client.get(account).content.decode()


# The own second factor


def test_a_new_telephone_takes_the_place_of_the_old_one_once_its_code_was_typed() -> None:
    user = person()
    client = logged_in(HttpsClient(), user)
    old = TOTPDevice.objects.create(user=user, name="old")
    client.post("/admin/account/second-factor/", {"begin": "yes"})
    new = factors.begun(user)
    assert TOTPDevice.objects.filter(pk=old.pk).exists()
    wrong = client.post("/admin/account/second-factor/", {"code": "000 00"})
    assert wrong.context["form"].errors["code"]
    TOTPDevice.objects.filter(pk=new.pk).update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/admin/account/second-factor/", {"code": code_of(new)}).status_code in (200, 302)
    assert list(TOTPDevice.objects.filter(user=user)) == [new]
    assert is_in(client)


def test_h5_a_device_that_is_not_confirmed_lets_nobody_in() -> None:
    user = person()
    factors.new_backup_codes(user)
    device = factors.begin(user)
    client = HttpsClient()
    assert log_in(client, "paula", PASSWORD, code_of(device)).status_code == 200
    assert not is_in(client)


def test_the_secret_of_a_telephone_is_shown_only_while_it_is_set_up_and_to_nobody_else() -> None:
    user = person()
    client, other = logged_in(HttpsClient(), user), logged_in(HttpsClient(), person("otto"))
    assert client.get("/admin/account/second-factor.svg").status_code == 404
    client.post("/admin/account/second-factor/", {"begin": "yes"})
    secret = client.get("/admin/account/second-factor/").context["secret"]
    assert secret in client.get("/admin/account/second-factor/").content.decode()
    assert other.get("/admin/account/second-factor.svg").status_code == 404
    assert secret not in other.get("/admin/account/second-factor/").content.decode()
    client.post("/admin/account/second-factor/", {"code": code_of(factors.begun(user))})
    assert client.get("/admin/account/second-factor.svg").status_code == 404
    assert secret not in client.get("/admin/account/").content.decode()


def test_backup_codes_open_once_each_and_new_ones_take_their_place() -> None:
    user = person()
    client = logged_in(HttpsClient(), user)
    before = factors.new_backup_codes(user)
    session = client.session
    session["otp_device_id"] = StaticDevice.objects.get(user=user).persistent_id
    session.save()
    assert client.get("/admin/account/backup-codes/").status_code == 302
    codes = client.post("/admin/account/backup-codes/").context["codes"]
    assert len(set(codes)) == 10 and not set(codes) & set(before)
    assert log_in(HttpsClient(), "paula", PASSWORD, before[0]).status_code == 200
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert log_in(HttpsClient(), "paula", PASSWORD, codes[0].upper()).status_code == 302
    assert StaticToken.objects.filter(device__user=user).count() == 9


def test_new_backup_codes_do_not_end_the_session_that_made_them() -> None:
    user = person()
    client = HttpsClient()
    log_in(client, "paula", PASSWORD, factors.new_backup_codes(user)[0])
    assert is_in(client)
    client.post("/admin/account/backup-codes/")
    assert is_in(client)


# The log-in


def test_the_login_asks_for_the_code_only_once_the_password_is_right() -> None:
    factors.new_backup_codes(person())
    client = HttpsClient()
    first = client.get(LOGIN).content.decode()
    wrong = log_in(client, "paula", "wrong").content.decode()
    right = log_in(client, "paula", PASSWORD).content.decode()
    assert "otp_token" not in first and "otp_token" not in wrong
    assert "otp_token" in right and "<select" not in right and "errornote" not in right


def test_a_telephone_and_paper_are_told_apart_by_what_is_typed() -> None:
    user = person()
    codes = factors.new_backup_codes(user)
    phone = TOTPDevice.objects.create(user=user, name="phone")
    assert log_in(HttpsClient(), "paula", PASSWORD, f" {code_of(phone)[:3]} {code_of(phone)[3:]}").status_code == 302
    assert log_in(HttpsClient(), "paula", PASSWORD, codes[0]).status_code == 302


def test_h5_somebody_without_a_second_factor_is_told_whom_to_ask(client: Client) -> None:
    person()
    response = log_in(client, "paula", PASSWORD)
    assert "set-up link" in response.content.decode()
    assert not is_in(client)


def test_h5_an_odd_code_is_refused(client: Client) -> None:
    user = person()
    factors.new_backup_codes(user)
    TOTPDevice.objects.create(user=user, name="phone")
    for code in ("١٢٣٤٥٦", "-12345", "1e5000", "\0", "x" * 500, "²²²²²²"):
        StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        assert log_in(client, "paula", PASSWORD, code).status_code == 200, code
        assert not is_in(client)


def test_h4_a_locked_account_says_until_when_in_the_site_s_look(client: Client) -> None:
    person()
    for _ in range(5):
        response = log_in(client, "paula", "wrong")
    assert response.status_code == 429
    html = response.content.decode()
    until = timezone.now() + timedelta(hours=1)
    assert f"{until:%H:}" in html and "UTC" in html
    assert "css/site" in html
    assert 3500 < int(response.headers["Retry-After"]) <= 3600
    assert "no-store" in response.headers["Cache-Control"]


def test_h4_tries_while_it_is_locked_do_not_make_it_longer(client: Client) -> None:
    person()
    for _ in range(5):
        log_in(client, "paula", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=50))
    assert 500 < int(log_in(client, "paula", "wrong").headers["Retry-After"]) <= 600
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=61))
    assert log_in(client, "paula", "wrong").status_code == 200


def test_h4_the_lock_of_a_name_that_nobody_has_looks_the_same(client: Client) -> None:
    person()
    pages = []
    for name in ("paula", "nobody"):
        for _ in range(5):
            response = log_in(HttpsClient(), name, "wrong")
        pages.append(response.content.decode())
    assert pages[0] == pages[1]


# From the command line


def test_a_command_prints_a_link_for_whom_no_administrator_can_make_one() -> None:
    user, out = person(), StringIO()
    factors.new_backup_codes(user)
    call_command("set_up_link", "paula", "--remove-factors", stdout=out, stderr=StringIO())
    address = out.getvalue().strip()
    assert address.startswith("https://kb.example.org/admin/set-up/")
    page = choose_password(HttpsClient(), address.removeprefix("https://kb.example.org"))
    assert page.redirect_chain[-1][0] == "/admin/account/second-factor/"


@pytest.mark.parametrize("name", ["nobody", "gone"])
def test_the_command_knows_active_users_only(name: str) -> None:
    person("gone", is_active=False)
    with pytest.raises(CommandError, match=name):
        call_command("set_up_link", name)
