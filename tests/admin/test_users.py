"""Users in the admin: a name, an address and a role; nobody makes more of themselves than they are."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from practices.curation.roles import Role, give_role, role_of
from tests.conftest import HttpsClient, logged_in
from tests.forms import add, admin_url, change, errors, fields_of

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-pass-phrase-of-theirs"


def someone(role: Role | None, name: str = "ada", **fields: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, **fields)
    give_role(user, role)
    return user


@pytest.fixture
def ada(db: None) -> Client:
    """Return the browser of an administrator who is no superuser."""
    return logged_in(HttpsClient(), someone(Role.ADMINISTRATOR))


@pytest.mark.parametrize("role", Role)
def test_an_administrator_adds_a_user_with_a_role(ada: Client, role: Role) -> None:
    names = {"username": "nora", "first_name": "Nora", "last_name": "N.", "email": "nora@example.org"}
    response = add(ada, User, **names, role=role, usable_password="true", password1=PASSWORD, password2=PASSWORD)
    assert response.status_code == 302, errors(response)
    nora = User.objects.get(**names)
    assert role_of(nora) is role
    assert not nora.is_superuser


def test_a_role_is_changed_and_taken_away_and_shown_in_the_list(ada: Client) -> None:
    user = someone(Role.CONTRIBUTOR, "nora")
    assert change(ada, user, role=Role.EDITOR).status_code == 302
    assert role_of(User.objects.get(pk=user.pk)) is Role.EDITOR
    assert '<td class="field-role">Editor</td>' in ada.get(admin_url("changelist", User)).content.decode()
    assert change(ada, user, role="").status_code == 302
    assert role_of(User.objects.get(pk=user.pk)) is None


def test_saving_a_user_leaves_role_and_other_groups_as_they_are(ada: Client) -> None:
    user = someone(Role.PUBLISHER, "nora")
    user.groups.add(Group.objects.create(name="Friends of the house"))
    assert change(ada, user, first_name="Nora").status_code == 302
    assert set(user.groups.values_list("name", flat=True)) == {"Publishers", "Friends of the house"}


def test_a_role_that_there_is_not_is_refused(ada: Client) -> None:
    assert "role" in str(change(ada, someone(None, "nora"), role="Emperors").context["errors"])


def test_the_form_asks_an_administrator_for_no_permissions(ada: Client, curator_client: Client) -> None:
    user = someone(Role.EDITOR, "nora")
    own = fields_of(ada, admin_url("change", user), "user_form")
    assert {"username", "email", "role", "is_active"} <= set(own)
    html = {name: browser.get(admin_url("change", user)).content.decode() for name, browser in {"ada": ada}.items()}
    assert "user_permissions" not in html["ada"]
    assert "is_superuser" not in html["ada"]
    superuser_s = curator_client.get(admin_url("change", user)).content.decode()
    assert "user_permissions" in superuser_s
    assert "practice" not in superuser_s.partition('name="user_permissions"')[2].partition("</select>")[0].casefold()
    assert superuser_s.partition('name="user_permissions"')[2].count("<option") < Permission.objects.count() / 3


def test_l8_an_administrator_makes_nobody_a_superuser(ada: Client) -> None:
    for user in (someone(Role.EDITOR, "nora"), User.objects.get(username="ada")):
        every = [permission.pk for permission in Permission.objects.all()[:3]]
        forged = {"is_superuser": "on", "is_staff": "on", "user_permissions": every, "groups": [], "id": 1, "pk": 1}
        assert change(ada, user, **forged).status_code == 302
        user.refresh_from_db()
        assert (user.is_superuser, user.is_staff, user.user_permissions.count()) == (False, False, 0)
        assert user.groups.count() == 1


def test_l7_an_administrator_does_not_touch_a_superuser(ada: Client, curator: User) -> None:
    assert ada.get(admin_url("change", curator)).status_code == 200
    assert ada.post(admin_url("change", curator), {"username": "carla", "role": ""}).status_code == 403
    password = f"/admin/auth/user/{curator.pk}/password/"
    forged = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD, "set-password": "yes"}
    assert ada.post(password, forged).status_code == 403
    curator.refresh_from_db()
    assert not curator.check_password(PASSWORD)
    assert curator.is_superuser


def test_l7_nobody_below_an_administrator_sees_a_user_or_a_lock(client: Client) -> None:
    other = someone(Role.EDITOR, "bert")
    for role in (Role.CONTRIBUTOR, Role.EDITOR, Role.PUBLISHER):
        browser = logged_in(HttpsClient(), someone(role, f"u-{role.name}"))
        for url in (
            admin_url("changelist", User),
            admin_url("add", User),
            admin_url("change", other),
            admin_url("changelist", Group),
            "/admin/axes/accessattempt/",
            "/admin/otp_totp/totpdevice/",
        ):
            assert browser.get(url).status_code == 403, (role, url)
            assert browser.post(url).status_code == 403, (role, url)


def test_nobody_deletes_a_user_whose_name_the_history_needs(ada: Client, curator_client: Client) -> None:
    user = someone(Role.EDITOR, "nora")
    for browser in (ada, curator_client):
        assert browser.post(admin_url("delete", user), {"post": "yes"}).status_code == 403
    assert change(ada, user, is_active=[]).status_code == 302
    user.refresh_from_db()
    assert not user.is_active


def test_the_groups_that_are_roles_are_nowhere_renamed_or_deleted(curator_client: Client) -> None:
    editors = Group.objects.get(name=Role.EDITOR)
    assert curator_client.post(admin_url("delete", editors), {"post": "yes"}).status_code == 302
    assert curator_client.post(admin_url("change", editors), {"name": "Emperors"}).status_code == 302
    assert Group.objects.filter(name=Role.EDITOR).exists()
    assert "Editors" not in curator_client.get(admin_url("changelist", Group)).content.decode().partition("<table")[2]
