"""Every page of the admin opens for a curator, finds what is asked for, and asks few queries."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from practices import models as kb
from tests import factories
from tests.forms import admin_url

pytestmark = pytest.mark.django_db

MOST = 15
_number = count(1)


def portugal() -> kb.Country:
    return kb.Country.objects.get(alpha2="PT")


def make_term(model: type[kb.Term]) -> kb.Term:
    n = next(_number)
    parent = model._default_manager.filter(parent=None).order_by("pk").first()
    return model._default_manager.create(code=f"term-{n}", label=f"Term {n}", parent=parent)


def make_region() -> kb.Region:
    n = kb.Region.objects.count()
    return kb.Region.objects.create(code=f"x{n}"[-3:], label=f"Region {n}", parent=kb.Region.objects.first())


def make_country() -> kb.Country:
    n = kb.Country.objects.count()
    code = {"alpha2": f"{n}"[-2:], "alpha3": f"x{n}"[-3:], "m49": f"x{n % 100:02}", "slug": f"country-{n}"}
    names = dict.fromkeys(("label", "label_fr", "label_es"), f"Country {n}")
    return kb.Country.objects.create(**code, **names, region=make_region(), subregion=make_region())


def make_finding() -> kb.Finding:
    return factories.make_finding(parent=factories.make_finding())


def make_session() -> kb.Session:
    return kb.Session.objects.create(event=factories.make_event(), title=f"Session {next(_number)}")


def make_note() -> kb.ParagraphNote:
    section = factories.make_source().sections.get()
    return kb.ParagraphNote.objects.create(section=section, paragraph=1, reason="Says nothing of practices.")


def make_user() -> User:
    return User.objects.create_user(f"user-{next(_number)}")


def make_attempt() -> AccessAttempt:
    return AccessAttempt.objects.create(**visit(), get_data="", post_data="", failures_since_start=1)


def visit() -> dict[str, str]:
    """Return who came to the door, as the guard of the login writes it down."""
    n = next(_number)
    return {"username": f"user-{n}", "ip_address": f"192.0.2.{n % 250}", "user_agent": "x", "path_info": "/admin/"}


#: one more record of each model in the admin; None where there is only ever one
MAKE: dict[type[Model], Callable[[], Model] | None] = {
    **{model: lambda model=model: make_term(model) for model in kb.VOCABULARIES},
    kb.Region: make_region,
    kb.Country: make_country,
    kb.Place: lambda: kb.Place.objects.create(name=f"Place {next(_number)}", country=portugal()),
    kb.Stakeholder: lambda: factories.make_stakeholder(country="PT"),
    kb.Source: lambda: factories.make_source(languages=["en"]),
    kb.Section: lambda: factories.make_source().sections.get(),
    kb.Citation: factories.make_citation,
    kb.ParagraphNote: make_note,
    kb.Practice: factories.make_practice,
    kb.Finding: make_finding,
    kb.Concept: factories.make_concept,
    kb.Event: lambda: factories.make_event(country=portugal()),
    kb.Session: make_session,
    kb.SynonymRing: lambda: kb.SynonymRing.objects.create(code=f"ring-{next(_number)}", words=["zorble", "quixwhist"]),
    kb.FormerSlug: lambda: kb.FormerSlug.objects.create(model="practice", slug=f"old-{next(_number)}", ref="IPK-0001"),
    kb.DataVersion: None,
    kb.SearchMiss: lambda: kb.SearchMiss.objects.create(query=f"quokka {next(_number)}", days=3, last_day=now()),
    kb.LinkCheck: lambda: kb.LinkCheck.objects.create(url=f"https://kb.example.org/{next(_number)}", checked=now()),
    kb.ReaderSuggestion: factories.make_suggestion,
    kb.Operation: lambda: kb.Operation.objects.create(kind="bulk", title=f"Operation {next(_number)}"),
    User: make_user,
    AccessAttempt: make_attempt,
    AccessLog: lambda: AccessLog.objects.create(**visit()),
    AccessFailureLog: lambda: AccessFailureLog.objects.create(**visit(), locked_out=False),
}
#: what nobody adds by hand
NOT_ADDED = {kb.Region, kb.DataVersion, kb.Operation, kb.ReaderSuggestion, kb.SearchMiss, kb.LinkCheck}
NOT_ADDED |= {AccessLog, AccessFailureLog, AccessAttempt}
REGISTERED = list(admin.site._registry)
SEARCHED = [model for model, site in admin.site._registry.items() if site.search_fields]
#: (model, field) of each field that is filled by typing and choosing
CHOSEN = sorted(
    {
        (model_admin.model, name)
        for site in admin.site._registry.values()
        for model_admin in (site, *(inline for inline in getattr(site, "inlines", ())))
        for name in getattr(model_admin, "autocomplete_fields", ())
    },
    key=str,
)

each_with_history = pytest.mark.parametrize(
    "model", [model for model in REGISTERED if hasattr(model, "history")], ids=lambda model: model._meta.label
)
each_choice = pytest.mark.parametrize(("model", "field"), CHOSEN, ids=lambda part: getattr(part, "__name__", part))
each_model = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)


def make(model: type[Model], number: int = 1) -> Any:
    """Make records of a model where there may be more than one; returns one of its records."""
    maker = MAKE[model]
    return [maker() for _ in range(number)][-1] if maker else model._default_manager.get()


def queries(client: Client, url: str) -> int:
    """Return how many queries a page asks; pytest shows them where a test fails."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    print(url, *(query["sql"] for query in captured), sep="\n  ")  # noqa: T201
    return len(captured)


def test_every_model_of_the_admin_is_tested_here() -> None:
    assert set(MAKE) == set(REGISTERED)


@each_model
def test_a_list_opens_with_few_queries_and_no_more_for_a_longer_one(curator_client: Client, model: type[Model]) -> None:
    make(model, 2)
    url = admin_url("changelist", model)
    few = queries(curator_client, url)
    make(model, 6)
    assert queries(curator_client, url) == few <= MOST


@each_model
def test_the_add_form_opens_where_records_may_be_added(curator_client: Client, model: type[Model]) -> None:
    expected = 403 if model in NOT_ADDED else 200
    assert curator_client.get(admin_url("add", model)).status_code == expected


@each_model
def test_the_pages_of_a_record_open(curator_client: Client, model: type[Model]) -> None:
    record = make(model)
    for name in ("change", "history"):
        assert curator_client.get(admin_url(name, record)).status_code == 200, name


@pytest.mark.parametrize("model", SEARCHED, ids=lambda model: model._meta.label)
def test_a_search_finds_a_record_by_its_words_and_nothing_by_others(curator_client: Client, model: type[Model]) -> None:
    value = record = make(model, 3)
    for part in admin.site._registry[model].search_fields[0].lstrip("=^@").split("__"):
        value = getattr(value, part)
    url = admin_url("changelist", model)
    found = curator_client.get(url, {"q": value}).context["cl"].result_list
    assert record in found
    assert not curator_client.get(url, {"q": "zzz-no-such-words"}).context["cl"].result_list


@pytest.mark.parametrize("model", SEARCHED, ids=lambda model: model._meta.label)
def test_odd_words_in_a_search_are_no_error(curator_client: Client, model: type[Model]) -> None:
    many = f'\' % 1e309 99999999999999999999 {"a" * 500} "quoted words" _'
    for words in (many, "\0", "open quote'"):
        assert curator_client.get(admin_url("changelist", model), {"q": words}).status_code == 200, words


#: what an address asks a list, a form or a picker for that cannot be
ODD = [
    (admin_url("changelist", kb.Practice), {"id__in": "9" * 30}),
    (admin_url("changelist", kb.Practice), {"created__year": "0"}),
    (admin_url("changelist", kb.Practice), {"ref__regex": "["}),
    (admin_url("changelist", kb.Operation), {"at__year": "9" * 30}),
    (admin_url("changelist", AccessAttempt), {"id__in": "9" * 30}),
    (admin_url("add", kb.Practice), {"topics": "abc"}),
    (admin_url("add", kb.Practice), {"kind": "abc"}),
    (reverse("admin:autocomplete"), {"app_label": "no", "model_name": "such", "field_name": "thing"}),
]


@pytest.mark.parametrize(("url", "asked"), ODD)
def test_i1_an_odd_address_is_no_error(curator_client: Client, url: str, asked: dict[str, str]) -> None:
    assert curator_client.get(url, asked).status_code in (200, 302, 400, 403)


@each_choice
def test_typing_into_a_field_offers_what_can_be_chosen(curator_client: Client, model: type[Model], field: str) -> None:
    target = model._meta.get_field(field).related_model
    record = make(target)
    where = {"app_label": "practices", "model_name": model._meta.model_name, "field_name": field}
    answer = curator_client.get(reverse("admin:autocomplete"), {**where, "term": ""})
    assert answer.status_code == 200
    assert answer.json()["results"]
    value: object = record
    for part in admin.site._registry[target].search_fields[0].split("__"):
        value = getattr(value, part)
    offered = curator_client.get(reverse("admin:autocomplete"), {**where, "term": value}).json()["results"]
    assert (str(record.pk), str(record)) in [(one["id"], one["text"]) for one in offered]


@each_choice
def test_offering_more_to_choose_from_asks_no_more_queries(
    curator_client: Client, model: type[Model], field: str
) -> None:
    target = model._meta.get_field(field).related_model
    where = f"app_label=practices&model_name={model._meta.model_name}&field_name={field}&term="
    url = f"{reverse('admin:autocomplete')}?{where}"
    few = queries(curator_client, f"{url}zzz-no-such-words")
    make(target, 4)
    assert queries(curator_client, url) <= few + 1


@each_with_history
def test_a_former_version_is_shown_to_be_read_only(curator_client: Client, model: type[Model]) -> None:
    record = make(model)
    response = curator_client.get(admin_url("simple_history", record, record.history.first().pk))
    assert response.status_code == 200
    assert b'name="_save"' not in response.content
    assert str(record) in response.content.decode()


@each_with_history
def test_a_former_version_is_never_put_back(curator_client: Client, model: type[Model]) -> None:
    record = make(model)
    before = record.history.count()
    assert curator_client.post(admin_url("simple_history", record, record.history.first().pk)).status_code == 405
    assert record.history.count() == before


@pytest.mark.parametrize("model", [kb.Practice, kb.Finding, kb.Topic, kb.Citation], ids=lambda model: model.__name__)
def test_the_history_of_what_is_no_record_is_404(curator_client: Client, model: type[Model]) -> None:
    base, record = admin_url("changelist", model), make(model)
    for number in ("abc", "0", "99999999999999999999", "1" * 5000, "-1", "1.5", "%00"):
        for url in (f"{number}/history/", f"{number}/history/1/", f"{record.pk}/history/{number}/"):
            assert curator_client.get(f"{base}{url}").status_code == 404, url


def test_no_page_of_the_admin_needs_what_its_policy_forbids(curator_client: Client) -> None:
    practice = factories.make_practice()
    pages = [admin_url(page, practice) for page in ("change", "history", "delete")]
    for url in [reverse("admin:index"), admin_url("changelist", kb.Practice), admin_url("add", kb.Practice), *pages]:
        html = curator_client.get(url).content.decode()
        assert "<script>" not in html, url
        assert ' onclick="' not in html, url
        assert ' style="' not in html, url
