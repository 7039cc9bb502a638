"""Users in the admin: a name, an address, a role; what administrators do for others is recorded and told."""

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from practices.accounts import factors
from practices.curation.roles import Role, role_of
from tests.admin.access.test_accounts import (
    LOGIN,
    PASSWORD,
    act,
    choose_password,
    code_of,
    is_in,
    link_of,
    log_in,
    person,
)
from tests.conftest import HttpsClient, logged_in
from tests.forms import admin_url, change, errors, fields_of, messages

pytestmark = pytest.mark.django_db

INVITE = "/admin/auth/user/add/"


@pytest.fixture
def ada(db: None) -> Client:
    """Return the browser of an administrator who is no superuser."""
    return logged_in(HttpsClient(), person("ada", Role.ADMINISTRATOR))


def recorded(user: User) -> list[str]:
    """Return what is recorded of an account, as "who: what", the first first."""
    entries = LogEntry.objects.filter(content_type__model="user", object_id=str(user.pk)).order_by("pk")
    return [f"{entry.user}: {entry.get_change_message()}" for entry in entries]


# The form of a user


def test_a_role_is_changed_and_taken_away_and_shown_in_the_list(ada: Client) -> None:
    user = person("nora", Role.CONTRIBUTOR)
    assert change(ada, user, role=Role.EDITOR).status_code == 302
    assert role_of(User.objects.get(pk=user.pk)) is Role.EDITOR
    assert '<td class="field-role">Editor</td>' in ada.get(admin_url("changelist", User)).content.decode()
    assert change(ada, user, role="").status_code == 302
    assert role_of(User.objects.get(pk=user.pk)) is None
    assert recorded(user) == ["ada: Role: Contributor → Editor", "ada: Role: Editor → No role"]


def test_saving_a_user_leaves_role_and_other_groups_as_they_are(ada: Client) -> None:
    user = person("nora", Role.PUBLISHER)
    user.groups.add(Group.objects.create(name="Friends of the house"))
    assert change(ada, user, first_name="Nora").status_code == 302
    assert set(user.groups.values_list("name", flat=True)) == {"Publishers", "Friends of the house"}


def test_a_role_that_there_is_not_is_refused(ada: Client) -> None:
    assert "role" in str(change(ada, person("nora", None), role="Emperors").context["errors"])


def test_l8_an_administrator_makes_nobody_a_superuser(ada: Client) -> None:
    for user in (person("nora"), User.objects.get(username="ada")):
        forged = {"is_superuser": "on", "is_staff": "on", "user_permissions": [1, 2, 3], "groups": [], "id": 1, "pk": 1}
        assert change(ada, user, **forged, password="forged").status_code == 302
        user.refresh_from_db()
        assert (user.is_superuser, user.is_staff, user.user_permissions.count()) == (False, False, 0)
        assert user.groups.count() == 1
        assert user.check_password(PASSWORD)


def test_a_superuser_makes_another_one_and_this_is_recorded(curator_client: Client) -> None:
    user = person("nora")
    assert change(curator_client, user, is_superuser="on").status_code == 302
    assert role_of(User.objects.get(pk=user.pk)) is Role.ADMINISTRATOR
    assert recorded(user) == ["carla: Superuser status: no → yes"]


def test_l7_an_administrator_does_not_touch_a_superuser(ada: Client, curator: User) -> None:
    assert ada.get(admin_url("change", curator)).status_code == 200
    assert ada.post(admin_url("change", curator), {"username": "carla", "role": ""}).status_code == 403
    for name in ("link", "remove_factors", "unlock"):
        assert act(ada, name, curator).status_code == 403
    curator.refresh_from_db()
    assert (curator.is_superuser, curator.is_active) == (True, True)


def test_l7_nobody_sets_the_password_of_another(curator_client: Client) -> None:
    user = person()
    forged = {"usable_password": "true", "password1": "forged-pass-phrase", "password2": "forged-pass-phrase"}
    curator_client.post(f"/admin/auth/user/{user.pk}/password/", forged)
    assert 'type="password"' not in curator_client.get(admin_url("change", user)).content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    guess = {"password__startswith": user.password[:4]}
    assert curator_client.get(admin_url("changelist", User), guess).status_code != 200


def test_the_last_administrator_stays_one(client: Client) -> None:
    last = person("ada", Role.ADMINISTRATOR)
    person("gone", Role.ADMINISTRATOR, is_active=False)
    ada = logged_in(client, last)
    for changes in ({"role": Role.PUBLISHER}, {"role": ""}, {"is_active": []}):
        assert "Make somebody else an administrator first" in errors(change(ada, last, **changes)), changes
    assert change(ada, last, first_name="Ada").status_code == 302
    person("bea", Role.ADMINISTRATOR)
    assert change(ada, last, role=Role.PUBLISHER).status_code == 302


def test_the_last_superuser_goes_only_where_an_administrator_stays(curator_client: Client, curator: User) -> None:
    for changes in ({"is_superuser": []}, {"is_active": []}):
        assert "Make somebody else an administrator first" in errors(change(curator_client, curator, **changes))
    assert change(curator_client, curator, is_superuser=[], role=Role.ADMINISTRATOR).status_code == 302
    assert role_of(User.objects.get(pk=curator.pk)) is Role.ADMINISTRATOR


def test_nobody_deletes_a_user_whose_name_the_history_needs(ada: Client, curator_client: Client) -> None:
    user = person("nora")
    for browser in (ada, curator_client):
        assert browser.post(admin_url("delete", user), {"post": "yes"}).status_code == 403
    assert change(ada, user, is_active=[]).status_code == 302
    user.refresh_from_db()
    assert not user.is_active


def test_l7_nobody_below_an_administrator_sees_a_user_or_a_lock() -> None:
    other = person("bert")
    for role in (Role.CONTRIBUTOR, Role.EDITOR, Role.PUBLISHER):
        browser = logged_in(HttpsClient(), person(role.name.lower(), role))
        for url in (admin_url("changelist", User), INVITE, admin_url("change", other), "/admin/axes/accessattempt/"):
            assert browser.get(url).status_code == 403, (role, url)
            assert browser.post(url).status_code == 403, (role, url)


def test_h5_no_page_of_the_admin_shows_or_takes_the_secret_of_a_device(curator_client: Client) -> None:
    user = person()
    codes = factors.new_backup_codes(user)
    device = TOTPDevice.objects.create(user=user, name="phone")
    for model in (Device, StaticToken, Group):
        assert not [known for known in admin.site._registry if issubclass(known, model)]
    for name in ("otp_totp/totpdevice", "otp_static/staticdevice", "auth/group"):
        for page in ("", "add/", f"{device.pk}/change/", f"{device.pk}/config/", f"{device.pk}/qrcode/"):
            assert curator_client.get(f"/admin/{name}/{page}").status_code == 404, (name, page)
    for url in (admin_url("changelist", User), admin_url("change", user), admin_url("history", user)):
        html = curator_client.get(url).content.decode()
        assert not [code for code in (*codes, device.key, factors.typed_secret(device)) if code in html], url


# What administrators do


@pytest.mark.parametrize("name", ["link", "remove_factors", "unlock"])
def test_l7_only_administrators_act_on_accounts_and_by_a_form(name: str) -> None:
    target = person()
    url = reverse(f"admin:auth_user_{name}", args=[target.pk])
    for role in Role:
        client = logged_in(HttpsClient(), person(role.name.lower(), role))
        may = role is Role.ADMINISTRATOR
        assert client.get(url).status_code == (405 if may else 403), role
        assert client.post(url).status_code in ((200, 302) if may else (403,)), role
    assert HttpsClient().post(url).headers["Location"].startswith(LOGIN)


def test_a_link_is_shown_in_no_address_and_recorded(curator_client: Client) -> None:
    user = person()
    response = act(curator_client, "link", user)
    assert "no-store" in response.headers["Cache-Control"]
    assert user.username in response.content.decode()
    entry = LogEntry.objects.get(object_id=str(user.pk))
    assert "link" in entry.get_change_message()
    assert response.context["url"] not in str(vars(entry))


def test_a_lost_telephone_is_removed_with_its_codes_and_its_sessions_end(curator_client: Client) -> None:
    user = person()
    browser = logged_in(HttpsClient(), user)
    assert is_in(browser)
    response = act(curator_client, "remove_factors", user)
    assert not is_in(browser)
    assert not factors.has_factor(user)
    client = HttpsClient()
    assert choose_password(client, link_of(response)).redirect_chain[-1][0] == "/admin/account/second-factor/"


def test_an_account_is_unlocked_by_a_button(curator_client: Client) -> None:
    user = person()
    for _ in range(5):
        log_in(HttpsClient(), "paula", "wrong")
    page = curator_client.get(reverse("admin:auth_user_change", args=[user.pk])).content.decode()
    assert reverse("admin:auth_user_unlock", args=[user.pk]) in page
    assert "may log in again" in messages(
        curator_client.post(reverse("admin:auth_user_unlock", args=[user.pk]), follow=True)
    )
    assert not AccessAttempt.objects.filter(username="paula").exists()
    assert log_in(HttpsClient(), "paula", PASSWORD).status_code == 200


@pytest.mark.parametrize("number", ["0", "999999", "abc", "99999999999999999999", "%00"])
def test_acts_on_nobody_are_404(curator_client: Client, number: str) -> None:
    assert curator_client.post(f"/admin/auth/user/{number}/link/").status_code == 404


def test_a_link_is_mailed_where_the_site_can(curator_client: Client, settings: Settings) -> None:
    settings.HAS_MAIL = True
    response = act(curator_client, "link", person())
    assert response.context["sent"]
    [sent] = mail.outbox
    assert sent.to == ["paula@example.org"]
    assert response.context["url"] in sent.body


# Nobody takes over an account unseen


def told(of: list[EmailMessage]) -> list[str]:
    """Return to whom what was mailed, as "address, address: first paragraph"."""
    return [f"{', '.join(sent.to)}: {sent.body.partition(chr(10))[0]}" for sent in of]


def test_an_owner_is_told_what_is_done_to_the_account(
    ada: Client, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.HAS_MAIL = True
    user = person()
    browser = logged_in(HttpsClient(), user)
    with django_capture_on_commit_callbacks(execute=True):
        change(ada, user, email="forged@example.org", role=Role.CONTRIBUTOR)
        act(ada, "unlock", user)
        change(ada, user)
    changes = "Email address: paula@example.org → forged@example.org; Role: Editor → Contributor"
    assert told(mail.outbox) == [
        f"forged@example.org, paula@example.org: By ada: {changes}",
        "forged@example.org: By ada: Unlocked.",
    ]
    assert recorded(user) == [f"ada: {changes}", "ada: Unlocked."]
    page = browser.get("/admin/account/").content.decode()
    assert "ada: Unlocked." in page and "forged@example.org" in page
    assert "Unlocked" not in logged_in(HttpsClient(), person("otto")).get("/admin/account/").content.decode()


@pytest.mark.parametrize("name", ["link", "remove_factors", "role", "invite"])
def test_what_is_done_to_an_administrator_is_told_to_all_of_them(
    ada: Client, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, name: str
) -> None:
    settings.HAS_MAIL = True
    user = person("bea", Role.ADMINISTRATOR)
    everybody = {"ada@example.org", "bea@example.org"}
    with django_capture_on_commit_callbacks(execute=True):
        if name == "role":
            change(ada, user, role="")
        elif name == "invite":
            values = {"username": "ines", "email": "ines@example.org", "role": Role.ADMINISTRATOR}
            ada.post(INVITE, values)
            everybody |= {"ines@example.org"}
        else:
            act(ada, name, user)
    [word] = [sent for sent in mail.outbox if "By ada" in sent.body]
    assert set(word.to) == everybody
    assert "set-up/" not in word.body


# Inviting


def test_somebody_is_invited_with_a_role_and_sets_up_the_account(curator_client: Client) -> None:
    values = fields_of(curator_client, INVITE, "invite-form")
    values |= {"username": ["ines"], "email": ["ines@example.org"], "role": [Role.CONTRIBUTOR.value]}
    response = curator_client.post(INVITE, values)
    user = User.objects.get(username="ines")
    assert recorded(user) == ["carla: Invited as Contributor."]
    assert not user.has_usable_password()
    assert [group.name for group in user.groups.all()] == [Role.CONTRIBUTOR]
    client = HttpsClient()
    choose_password(client, link_of(response))
    client.post("/admin/account/second-factor/", {"code": code_of(TOTPDevice.objects.get(user=user))})
    assert is_in(client)


@pytest.mark.parametrize(
    ("field", "value"), [("username", "paula"), ("username", ""), ("email", "no address"), ("role", "king")]
)
def test_an_invitation_that_cannot_be_is_refused_in_words(curator_client: Client, field: str, value: str) -> None:
    person()
    values = {"username": "ines", "email": "ines@example.org", "role": Role.EDITOR.value, field: value}
    response = curator_client.post(INVITE, values)
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert not User.objects.filter(email="ines@example.org").exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_l7_only_administrators_invite(role: Role) -> None:
    client = logged_in(HttpsClient(), person("paula", role))
    assert client.get(INVITE).status_code == 403
    values = {"username": "ines", "email": "ines@example.org", "role": Role.ADMINISTRATOR.value}
    assert client.post(INVITE, values).status_code == 403
    assert not User.objects.filter(username="ines").exists()
