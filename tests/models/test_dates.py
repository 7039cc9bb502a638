"""Years and dates: what there cannot be is refused by models in words, and by the database itself."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Model

from practices import models as kb
from practices.models.dates import FIRST_YEAR, LAST_YEAR, known_year, latest_year, validate_partial_date, year_of
from tests import factories

pytestmark = pytest.mark.django_db

#: fields of records that hold a year; what the search keeps of them, and history, is written by no form
YEARS = [
    pytest.param(model, field.name, id=f"{model.__name__}.{field.name}")
    for model in apps.get_app_config("practices").get_models()
    if "Historical" not in model.__name__ and model is not kb.SearchDocument
    for field in model._meta.fields
    if isinstance(field, models.PositiveSmallIntegerField) and ("year" in field.name or "year" in field.verbose_name)
]
each_year = pytest.mark.parametrize(("model", "name"), YEARS)

IN_ORDER = [
    ("", ""),
    ("2010", ""),
    ("", "2010"),
    ("2010", "2010"),
    ("2010-05", "2010"),
    ("2010", "2010-05"),
    ("2006-07-12", "2006-07"),
    ("2006-07", "2006-07-12"),
    ("2006-07-12", "2006-07-12"),
    ("2006-12-31", "2007"),
]
REVERSED = [
    ("2010", "2009"),
    ("2010-05", "2010-04"),
    ("2010-05", "2009"),
    ("2006-07-12", "2006-07-11"),
    ("2007", "2006-12"),
]


def refused(record: Model, **values: object) -> bool:
    """Tell whether the database itself refuses to give a record these values."""
    try:
        with transaction.atomic():
            type(record)._default_manager.filter(pk=record.pk).update(**values)
    except IntegrityError:
        return True
    return False


def record_of(model: type[Model]) -> Model:
    if model is kb.Outcome:
        return kb.Outcome.objects.create(practice=factories.make_practice(), statement="It grew.")
    return {kb.Practice: factories.make_practice, kb.Source: factories.make_source}[model]()


def test_the_fields_that_hold_years_are_those() -> None:
    assert {param.id for param in YEARS} >= {"Practice.year_start", "Outcome.as_of", "Source.year"}
    assert len(YEARS) >= 6


@each_year
@pytest.mark.parametrize("year", [0, 1, 201, 999, 9999, 20006])
def test_a_year_that_cannot_be_is_refused_in_words(model: type[Model], name: str, year: int) -> None:
    with pytest.raises(ValidationError, match="Give a year in four digits"):
        model._meta.get_field(name).clean(year, None)


@each_year
def test_the_years_of_plans_are_taken_and_no_later_ones(model: type[Model], name: str) -> None:
    field = model._meta.get_field(name)
    assert field.clean(latest_year(), None) == latest_year()
    with pytest.raises(ValidationError, match=f"up to {latest_year()}"):
        field.clean(latest_year() + 1, None)


@each_year
def test_the_database_keeps_to_the_same_years(model: type[Model], name: str) -> None:
    record = record_of(model)
    assert all(refused(record, **{name: year}) for year in (0, FIRST_YEAR - 1, LAST_YEAR + 1, 20006))
    assert not any(refused(record, **{name: year}) for year in (FIRST_YEAR, LAST_YEAR, latest_year()))
    assert latest_year() < LAST_YEAR


@pytest.mark.parametrize("text", ["2006", "2006-07", "2006-07-12", "2004-02-29", "1000"])
def test_a_date_of_the_calendar_is_taken(text: str) -> None:
    validate_partial_date(text)
    assert year_of(text) == int(text[:4])


@pytest.mark.parametrize(
    "text",
    ["2006-02-31", "2005-02-29", "2006-13-45", "2006-13", "2006-00", "2006-99-99", "0000", "2006-7", "20060712",
     "2006-W01-1", "summer", "2006-07-12\n", "٢٠٠٦", "12.7.2006"],
)  # fmt: skip
def test_what_is_in_no_calendar_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValidationError, match="Give a year, a month as 2006-07 or a day as 2006-07-12"):
        validate_partial_date(text)


@pytest.mark.parametrize("text", ["0999", "9999-12-31"])
def test_a_date_of_a_year_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Give a year in four digits"):
        validate_partial_date(text)


@pytest.mark.parametrize("name", ["starts", "ends"])
def test_the_database_refuses_a_date_of_such_a_year(name: str) -> None:
    event = factories.make_event()
    assert all(refused(event, **{name: text}) for text in ("0000", "0999-12-31", "2201", "9999", "summer"))
    assert not any(refused(event, **{name: text}) for text in ("", "1000", "2200-12-31", "2006-07"))


@pytest.mark.parametrize(("starts", "ends"), [*IN_ORDER, *REVERSED])
def test_form_and_database_agree_on_which_days_are_in_order(starts: str, ends: str) -> None:
    event = factories.make_event()
    event.starts, event.ends = starts, ends
    in_order = (starts, ends) in IN_ORDER
    assert refused(event, starts=starts, ends=ends) != in_order
    if in_order:
        event.full_clean()
    else:
        with pytest.raises(ValidationError, match="The last day is before the first"):
            event.full_clean()


@pytest.mark.parametrize("year", [None, -1, 0, 201, 20006, 2**63])
def test_a_year_that_cannot_be_says_as_little_as_none(year: int | None) -> None:
    assert known_year(year) is None


@pytest.mark.parametrize("text", ["", "0000", "summer", "20x6", "9999-01", "999"])
def test_a_date_that_cannot_be_has_no_year(text: str) -> None:
    assert year_of(text) is None
