"""Who gets into the admin, and how far."""

import re
from collections.abc import Iterable, Iterator

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django_otp.plugins.otp_static.models import StaticDevice

from practices import models as kb
from practices.curation.roles import Role, give_role
from tests import factories
from tests.conftest import HttpsClient
from tests.forms import Values, act, admin_url, fields_of
from tests.markup import Page
from tests.responses import Response

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-pass-phrase"
LOGIN = "/admin/login/"
#: pages of the admin that are for everyone: the ways in, and the way out, which asks for nothing
OPEN = {"login", "logout", "set_up", "forgotten", "forgotten_sent"}
#: pages that are for everyone who is in: the first page, and the own account
OWN = {"index", "jsi18n", "password_change", "password_change_done", "account", "backup_codes", "second_factor"}


def patterns(found: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in found:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


def address(pattern: URLPattern) -> str:
    """Return an address that a pattern of the admin leads to."""
    numbers = ["1"] * pattern.pattern.regex.groups
    if pattern.name is None:
        return "/admin/practices/practice/1/" if "object_id" in str(pattern.pattern) else "/admin/no/such/page/"
    return reverse(f"admin:{pattern.name}", args=["practices"] if pattern.name == "app_list" else numbers)


URLS = sorted({address(one) for one in patterns(admin.site.get_urls()) if one.name not in OPEN})
#: the address of one page of each kind, those that are for everyone included
KINDS = {str(one.name).rpartition("_")[2]: address(one) for one in patterns(admin.site.get_urls())}


def staff(*permissions: str, **fields: bool) -> User:
    """Return someone of the staff with these permissions on practices, and a second factor."""
    user = User.objects.create_user("steve", password=PASSWORD, is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=[f"{name}_practice" for name in permissions]))
    device = StaticDevice.objects.create(user=user, name="paper")
    for token in ("token-1", "token-2", "token-3"):
        device.token_set.create(token=token)
    return user


def browser(user: User, *, second_factor: bool = True) -> Client:
    """Return the browser of someone who is logged in, with or without the second factor."""
    client = HttpsClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if second_factor:
        session = client.session
        session["otp_device_id"] = StaticDevice.objects.get(user=user).persistent_id
        session.save()
    return client


def log_in(
    client: Client, username: str = "steve", password: str = PASSWORD, token: str = "", **headers: str
) -> Response:
    """Log in as a browser does: with the password, then, where that is right, with a token."""
    values: Values = {"username": [username], "password": [password], "next": ["/admin/"]}
    response = client.post(LOGIN, fields_of(client, LOGIN, "login-form") | values, headers=headers)
    if not token or "otp_token" not in response.content.decode():
        return response
    values |= {"otp_token": [token]}
    return client.post(LOGIN, fields_of(client, LOGIN, "login-form") | values, headers=headers)


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


@pytest.mark.parametrize("name", ["stranger", "curator"])
def test_a_page_of_each_kind_has_one_heading_that_names_it(curator_client: Client, name: str) -> None:
    client = curator_client if name == "curator" else HttpsClient()
    pages = {url: client.get(url) for url in KINDS.values()}
    html = {url: page for url, page in pages.items() if "text/html" in page.headers.get("Content-Type", "")}
    shown = {url: Page(url, page.content.decode()) for url, page in html.items() if page.content}
    headings = {url: (page.tags["h1"], bool(page.texts.get("h1"))) for url, page in shown.items()}
    assert {url: found for url, found in headings.items() if found != (1, True)} == {}
    assert len(headings) >= {"stranger": 3, "curator": 25}[name]


# Strangers


def test_the_list_of_addresses_holds_every_registered_model() -> None:
    for model in admin.site._registry:
        assert admin_url("changelist", model) in URLS
        assert admin_url("add", model) in URLS
    assert len(URLS) > 150


def test_l7_a_stranger_is_sent_to_the_login_from_every_address(client: Client) -> None:
    for url in URLS:
        for response in (client.get(url), client.post(url)):
            assert response.status_code == 302, url
            assert response.headers["Location"].startswith(LOGIN), url


def test_l7_the_login_says_the_same_of_what_is_and_what_never_was(client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    there, not_there = admin_url("change", practice), "/admin/practices/practice/999999/change/"
    assert client.get(there).headers["Location"] == f"{LOGIN}?next={there}"
    assert client.get(not_there).headers["Location"] == f"{LOGIN}?next={not_there}"


def test_l7_a_user_who_is_not_of_the_staff_is_not_let_in() -> None:
    user = User.objects.create_user("rita", password=PASSWORD)
    StaticDevice.objects.create(user=user, name="paper")
    client = browser(user)
    for url in ("/admin/", admin_url("changelist", kb.Practice), reverse("admin:autocomplete")):
        assert client.get(url).headers["Location"].startswith(LOGIN)


def test_l7_staff_without_permissions_see_nothing_and_change_nothing() -> None:
    user = staff()
    client = browser(user)
    for url in sorted(set(URLS) - {reverse(f"admin:{name}") for name in OWN}):
        assert client.get(url).status_code in (302, 403, 404), url
        assert client.post(url).status_code in (302, 403, 404, 405), url
    index = client.get("/admin/").content.decode()
    assert "/admin/practices/" not in index


# The second factor


def test_h5_a_password_alone_is_not_enough(client: Client) -> None:
    User.objects.create_superuser("steve", password=PASSWORD)
    response = log_in(client)
    assert response.status_code == 200
    assert not is_in(client)


def test_h5_a_session_without_the_second_factor_is_not_let_in(curator: User) -> None:
    client = browser(curator, second_factor=False)
    for url in ("/admin/", admin_url("changelist", kb.Practice), admin_url("add", kb.Practice)):
        assert client.get(url).headers["Location"].startswith(LOGIN)
        assert client.post(url).headers["Location"].startswith(LOGIN)


def test_h5_with_the_second_factor_a_curator_is_let_in(client: Client) -> None:
    staff(is_superuser=True)
    assert log_in(client, token="token-1").headers["Location"] == "/admin/"
    assert is_in(client)
    assert client.get(admin_url("changelist", kb.Practice)).status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "token-9"])
def test_h5_a_wrong_token_is_refused(client: Client, token: str) -> None:
    staff(is_superuser=True)
    assert log_in(client, token=token).status_code == 200
    assert not is_in(client)


def test_h5_a_token_opens_once_only(client: Client) -> None:
    staff(is_superuser=True)
    log_in(client, token="token-1")
    again = HttpsClient()
    assert log_in(again, token="token-1").status_code == 200
    assert not is_in(again)


def test_h5_another_user_s_device_does_not_help(curator: User) -> None:
    staff()
    client = browser(curator, second_factor=False)
    session = client.session
    session["otp_device_id"] = StaticDevice.objects.get(user__username="steve").persistent_id
    session.save()
    assert not is_in(client)


# Passwords, sessions


def test_h4_five_wrong_passwords_lock_even_the_right_one_out(client: Client) -> None:
    staff(is_superuser=True)
    answers = [log_in(client, password=f"wrong {n}").status_code for n in range(5)]
    assert answers[:4] == [200] * 4
    assert answers[4] in (403, 429)
    assert log_in(client, token="token-1").status_code in (403, 429)
    assert not is_in(client)


def test_h4_a_forged_address_does_not_unlock(client: Client) -> None:
    staff(is_superuser=True)
    for n in range(5):
        forged = {"x-forwarded-for": f"198.51.100.{n}", "x-real-ip": f"198.51.100.{n}", "forwarded": f"for=10.0.0.{n}"}
        last = log_in(client, password="wrong", **forged)
    assert last.status_code in (403, 429)
    assert log_in(client, token="token-1", **{"x-forwarded-for": "203.0.113.9"}).status_code in (403, 429)
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"127.0.0.1"}


def test_h4_a_lock_holds_for_that_user_only(client: Client) -> None:
    staff(is_superuser=True)
    for _ in range(5):
        log_in(client, username="someone-else", password="wrong")
    assert log_in(client, token="token-1").status_code == 302


def test_h4_the_answer_does_not_tell_whether_the_user_exists(client: Client) -> None:
    staff()
    known = log_in(client, password="wrong")
    unknown = log_in(client, username="nobody", password="wrong")
    assert str(known.context["form"].errors) == str(unknown.context["form"].errors)


def test_h4_no_password_is_written_down(client: Client) -> None:
    log_in(client, password="a-secret-mistyped")
    for attempt in AccessAttempt.objects.all():
        assert "a-secret-mistyped" not in str(vars(attempt))


def test_h4_a_login_gives_the_session_a_new_key(client: Client) -> None:
    staff(is_superuser=True)
    before = client.session.session_key
    assert before
    log_in(client, token="token-1")
    assert is_in(client)
    assert client.session.session_key != before


def test_h4_logging_out_and_being_deactivated_end_the_session(client: Client) -> None:
    user = staff(is_superuser=True)
    log_in(client, token="token-1")
    copied = HttpsClient()
    copied.cookies = client.cookies.copy()
    assert is_in(copied)
    client.post(reverse("admin:logout"))
    assert not is_in(copied)
    log_in(client, token="token-2")
    user.is_active = False
    user.save()
    assert not is_in(client)


def test_h4_the_login_leads_to_this_site_only(client: Client) -> None:
    staff(is_superuser=True)
    for number, target in enumerate(("//evil.example/", "/\\evil.example", "https:evil"), 1):
        values = {"username": "steve", "password": PASSWORD, "otp_token": f"token-{number}", "next": target}
        device = StaticDevice.objects.get(user__username="steve").persistent_id
        response = HttpsClient().post(LOGIN, {**values, "otp_device": device})
        assert re.match(r"/(?![/\\])", response.headers["Location"]), target


def test_h6_a_form_without_its_token_is_refused(curator: User) -> None:
    client = HttpsClient(enforce_csrf_checks=True)
    client.cookies = browser_of(curator).cookies
    before = kb.Topic.objects.count()
    assert client.get("/admin/").status_code == 200
    assert client.post(admin_url("add", kb.Topic), {"code": "forged", "label": "F", "order": 1}).status_code == 403
    assert client.post(LOGIN, {"username": "steve", "password": PASSWORD}).status_code == 403
    assert kb.Topic.objects.count() == before


def browser_of(curator: User) -> Client:
    StaticDevice.objects.create(user=curator, name="paper")
    return browser(curator)


# Roles


@pytest.mark.parametrize("role", Role)
def test_whoever_has_a_role_is_let_in_though_nobody_marked_them_as_staff(client: Client, role: Role) -> None:
    user = staff()
    User.objects.filter(pk=user.pk).update(is_staff=False)
    assert log_in(client, token="token-1").status_code == 200
    assert not is_in(client)
    give_role(user, role)
    assert log_in(client, token="token-2").headers["Location"] == "/admin/"
    assert is_in(client)
    user.is_active = False
    user.save()
    assert not is_in(client)


def test_staff_without_a_role_are_told_how_to_get_one_wherever_they_come(client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT, title="Nobody's business")
    browser_of_steve = browser(staff("view", "change", "add", "delete"))
    for url in ("/admin/", "/admin/practices/", admin_url("changelist", kb.Practice), admin_url("change", practice)):
        response = browser_of_steve.get(url)
        assert response.status_code in (403, 404), url
        assert practice.title not in response.content.decode()
        assert response.status_code == 404 or "Ask an administrator" in response.content.decode(), url


def test_l7_permissions_picked_by_hand_give_no_right_to_records() -> None:
    client = browser(staff("view", "change", "add", "delete"))
    practice = factories.make_practice(state=kb.State.DRAFT)
    for page in ("change", "history", "delete"):
        assert client.get(admin_url(page, practice)).status_code == 403
    for action in ("publish", "withdraw", "return_to_draft", "delete_selected"):
        act(client, action, practice)
    practice.refresh_from_db()
    assert (practice.state, practice.version) == (kb.State.DRAFT, 1)
