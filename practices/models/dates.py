"""Years and partial dates: which there can be, in forms and in the database, and what pages make of others."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: the years that the database takes: a constraint cannot depend on today
FIRST_YEAR, LAST_YEAR = 1000, 2200
#: how many years after the next one a curator may write down, of what is planned
YEARS_AHEAD = 20
#: "2006", "2006-07" or "2006-07-12"
PARTIAL_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def latest_year() -> int:
    """Return the last year that a form takes."""
    return timezone.now().year + 1 + YEARS_AHEAD


YEAR_VALIDATORS = [
    MinValueValidator(FIRST_YEAR, _("Give a year in four digits, from %(limit_value)s on.")),
    MaxValueValidator(latest_year, _("Give a year in four digits, up to %(limit_value)s.")),
]


def validate_partial_date(text: str) -> None:
    """Raise ValidationError unless `text` is a year, a month or a day of the calendar, in years that there can be."""
    try:
        year = date.fromisoformat(f"{text}-01-01"[:10]).year if PARTIAL_DATE.fullmatch(text) else None
    except ValueError:
        year = None
    if year is None:
        message = _("“%(date)s” is not in the calendar. Give a year, a month as 2006-07 or a day as 2006-07-12.")
        raise ValidationError(message, params={"date": text})
    for validate in YEAR_VALIDATORS:
        validate(year)


def possible_year(field: str) -> models.CheckConstraint:
    """Return the constraint that `field` holds a year that there can be, or none, kept by the database."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__range": (FIRST_YEAR, LAST_YEAR)}),
        name=f"%(class)s_{field}_possible",
        violation_error_message=_("A year is between 1000 and 2200."),
    )


def possible_date(field: str) -> models.CheckConstraint:
    """Return the constraint that the partial date `field` begins with such a year, or is empty.

    The calendar is left to `validate_partial_date`: the databases share no way to ask for it.
    """
    within = {f"{field}__gte": str(FIRST_YEAR), f"{field}__lt": str(LAST_YEAR + 1)}
    return models.CheckConstraint(
        condition=Q(**{field: ""}) | Q(**within),
        name=f"%(class)s_{field}_possible",
        violation_error_message=_("A year is between 1000 and 2200."),
    )


def known_year(year: int | None) -> int | None:
    """Return a year, or None where there can be no such year: then it says as little as none."""
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def year_of(text: str) -> int | None:
    """Return the year of a partial date, None where there is none."""
    return known_year(int(text[:4])) if PARTIAL_DATE.match(text) else None
