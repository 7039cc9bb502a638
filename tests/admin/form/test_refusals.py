"""What the database refuses is said in the form: what others saved meanwhile, and what no form can see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Model
from django.forms.models import BaseModelForm
from django.test import Client

from practices import models as kb
from practices.admin.curated import CuratedForm
from practices.admin.history import HistoryAdmin
from tests import factories
from tests.admin.test_admin import make
from tests.forms import add, add_row, admin_url, change, errors, fields_of, form_of

pytestmark = pytest.mark.django_db

#: what makes a form valid, by model, apart from what must be unique
FIELDS: dict[type[Model], Callable[[], dict[str, object]]] = {
    **{model: lambda: {"code": "taken", "label": "Taken"} for model in kb.VOCABULARIES},
    kb.Source: lambda: {"title": "T", "publisher": "P", "year": 2020, "reported_year": 2019, "languages": "en"},
    kb.Stakeholder: lambda: {"name": "N", "role": kb.StakeholderRole.objects.get(code="ngo")},
    kb.Event: lambda: {"name": "N"},
    kb.Practice: lambda: {
        "title": "T",
        "summary": "S",
        "kind": kb.Kind.objects.get(code="programme"),
        "level": kb.Level.objects.get(code="local"),
        "dimensions": list(kb.Dimension.objects.all()[:1]),
        "topics": list(kb.Topic.objects.all()[:1]),
    },
    kb.Finding: lambda: {"title": "T", "statement": "S", "kind": "lesson"},
    kb.Concept: lambda: {"term": "T", "definition": "D"},
    kb.FormerSlug: lambda: {"model": "practice", "slug": "taken", "ref": kb.Practice.objects.first().ref},
    kb.SynonymRing: lambda: {"code": "taken", "words": "zorble\nquixwhist"},
    kb.Place: lambda: {"name": "Taken", "country": kb.Country.objects.get(alpha2="PT"), "kind": "city"},
}
each_model = pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)


def fields(model: type[Model]) -> dict[str, object]:
    values = FIELDS[model]()
    return values | {"slug": "taken"} if model in kb.CURATED else values


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what lets each check of a form miss, the next time that it is made, what somebody else is just saving."""

    def miss_once(owner: type, name: str, answer: Callable[[Any], object]) -> None:
        real, calls = getattr(owner, name), list[object]()

        def check(self: object, *args: object, **kwargs: object) -> object:
            calls.append(self)
            return real(self, *args, **kwargs) if len(calls) > 1 else answer(self)

        monkeypatch.setattr(owner, name, check)

    def begin() -> None:
        miss_once(BaseModelForm, "validate_unique", lambda form: None)
        miss_once(Model, "validate_constraints", lambda record: None)
        miss_once(CuratedForm, "clean_slug", lambda form: form.cleaned_data["slug"])

    return begin


@each_model
def test_the_second_of_two_who_add_the_same_at_once_is_told_in_the_form(
    curator_client: Client, model: type[Model], race: Callable[[], None]
) -> None:
    assert add(curator_client, model, **fields(model)).status_code == 302
    number = model._default_manager.count()
    race()
    response = add(curator_client, model, **fields(model))
    assert response.status_code == 200
    assert errors(response)
    assert "Constraint “" not in response.content.decode()
    assert model._default_manager.count() == number


def test_a_row_that_somebody_else_put_at_the_same_position_moves_on(
    curator_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form takes the next position; the database refuses it once, where another row has it by then."""
    practice, calls, real = factories.make_practice(), list[object](), HistoryAdmin.save_related

    def save_related(self: HistoryAdmin, *args: Any) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise IntegrityError('duplicate key value violates unique constraint "country_link_position_unique"')
        real(self, *args)

    monkeypatch.setattr(HistoryAdmin, "save_related", save_related)
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice))
    add_row(values, "country_links", country=kb.Country.objects.get(alpha2="MA"), role="origin")
    assert curator_client.post(url, values | {"_publish": [""]}).status_code == 302
    assert practice.country_links.count() == 2
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ('new row violates check constraint "event_days_in_order"', "The last day is before the first."),
        ("CHECK constraint failed: representation_of_something", "Name the country or the stakeholder"),
        ("UNIQUE constraint failed: practices_session.event_id", "This does not go with what somebody else saved"),
    ],
)
def test_what_no_form_can_see_is_said_in_it_with_all_that_was_typed(
    curator_client: Client, monkeypatch: pytest.MonkeyPatch, words: str, reason: str
) -> None:
    def save_model(*args: object) -> None:
        raise IntegrityError(words)

    monkeypatch.setattr(HistoryAdmin, "save_model", save_model)
    event = factories.make_event()
    response = change(curator_client, event, city="A city that somebody typed")
    assert response.status_code == 200
    assert reason in errors(response)
    assert "A city that somebody typed" in response.content.decode()


@each_model
def test_a_form_that_nothing_speaks_against_is_saved(curator_client: Client, model: type[Model]) -> None:
    response = add(curator_client, model, **fields(model))
    assert response.status_code == 302, errors(response)


def test_a_representation_of_nobody_is_refused_in_words(curator_client: Client) -> None:
    event = factories.make_event()
    url = admin_url("change", event)
    values = fields_of(curator_client, url, form_of(event))
    add_row(values, "representations", session="", country="", stakeholder="", part="organiser")
    assert "Name the country or the stakeholder that took part." in errors(curator_client.post(url, values))


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"starts": "2010-05", "ends": "2010"}, ""),
        ({"starts": "2006-07-12", "ends": "2006-07"}, ""),
        ({"starts": "2010-05", "ends": "2010-04"}, "The last day is before the first."),
        ({"starts": "2006-02-31", "ends": ""}, "“2006-02-31” is not in the calendar."),
        ({"starts": "", "ends": "2006-99-99"}, "“2006-99-99” is not in the calendar."),
        ({"starts": "0000", "ends": ""}, "“0000” is not in the calendar."),
        ({"starts": "0999", "ends": ""}, "Give a year in four digits, from 1000 on."),
    ],
    ids=str,
)
def test_the_days_of_an_event_are_those_of_the_calendar(
    curator_client: Client, days: dict[str, str], reason: str
) -> None:
    response = change(curator_client, factories.make_event(), **days)
    assert (response.status_code, reason in errors(response)) == (200 if reason else 302, True)
    assert "Constraint “" not in errors(response)


@pytest.mark.parametrize("model", [kb.Topic, kb.Finding, kb.Section], ids=lambda model: model.__name__)
def test_a_record_that_is_put_under_itself_is_refused_at_the_field(curator_client: Client, model: type[Model]) -> None:
    record = make(model)
    response = change(curator_client, record, parent=record)
    assert "It would stand under itself." in str(response.context["adminform"].form.errors["parent"])


def test_data_of_another_time_can_still_be_looked_at_and_put_right(curator_client: Client) -> None:
    first, second = (factories.make_finding(state=kb.State.DRAFT) for _ in range(2))
    kb.Finding.objects.filter(pk=first.pk).update(parent=second)
    kb.Finding.objects.filter(pk=second.pk).update(parent=first)
    assert "It would stand under itself." in errors(change(curator_client, first, title="Another title"))
    assert change(curator_client, first, title="Another title", parent="").status_code == 302
