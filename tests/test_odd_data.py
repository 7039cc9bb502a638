"""Every public page and file stands whatever the data says: it may come by other ways than forms.

Circles and third levels, years and dates that cannot be: written past all checks, indexed, asked for as readers do.
"""

from collections.abc import Callable, Sequence
from itertools import cycle

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.catalog import current
from practices.models.dates import YEAR_VALIDATORS, validate_partial_date
from practices.models.hierarchy import Nested
from practices.pages.finding import LEVELS, finding_list_page
from tests import factories, sitemap
from tests.databases import unchecked

pytestmark = pytest.mark.django_db

RECORDS = [model for model in apps.get_app_config("practices").get_models() if "Historical" not in model.__name__]
NESTED = [model for model in RECORDS if issubclass(model, Nested)]
YEARS = [0, 1, 201, 999, 2201, 20006, 32767]
DATES = ["0000", "2006-99-99", "2006-13-45", "2006-02-31", "9999", "20x6", "soon", "2006-07-zz", "٢٠٠٦"]


def fields_with(validators: Sequence[Callable[[str], None]]) -> list[tuple[type[Model], str]]:
    """Return (model, field) of each field that only takes what these validators take."""
    return [
        (model, field.name)
        for model in RECORDS
        for field in model._meta.fields
        if [validator for validator in field.validators if validator in validators] == validators
    ]


def fill(model: type[Model], field: str, values: Sequence[object]) -> None:
    """Give a field of every record one of some values in turn."""
    for record, value in zip(model._default_manager.order_by("pk"), cycle(values), strict=False):
        model._default_manager.filter(pk=record.pk).update(**{field: value})


def put_under(model: type[Model], record: Model, parent: Model) -> None:
    model._default_manager.filter(pk=record.pk).update(parent=parent)


def circles(model: type[Model]) -> None:
    """Put records of a model under each other in circles of one, two and three, and others below those."""
    records = list(model._default_manager.order_by("pk")[:8])
    alone, first, second, a, b, c, below, deeper = records + records[: 8 - len(records)]
    for record, parent in ((alone, alone), (first, second), (second, first), (a, b), (b, c), (c, a), (below, a)):
        put_under(model, record, parent)
    if len(records) == 8:
        put_under(model, deeper, below)


def addresses() -> list[str]:
    """Return an address of each page and file, and of pages that show other years, trees and counts."""
    more = [
        *("/findings/?kind=lesson", "/findings/?kind=challenge", "/timeline/?year=unknown", "/timeline/?year=2006"),
        *("/practices/?topic=work", "/practices/?sort=newest", "/practices/?year_from=1990&year_to=2010"),
        *("/matrix/?rows=topic&columns=role", "/brief/", "/timeline/?country=PT", "/practices/?view=map"),
        *("/compare/?country=PT&country=KR", "/suggestions.json?q=port"),
    ]
    return [*sitemap.one_of_each(), *sitemap.exports(), *more]


def answered(client: Client) -> list[str]:
    """Return what is not answered with 200, read to its end."""
    factories.publish_all()
    faults = []
    for url in addresses():
        response = client.get(url)
        if response.status_code != 200 or not sitemap.body(response):
            faults.append(f"{url}: {response.status_code}")
    return faults


def test_pages_and_files_stand_where_records_stand_under_themselves_and_no_year_can_be(client: Client) -> None:
    for model in NESTED:
        circles(model)
    years = fields_with(YEAR_VALIDATORS)
    assert len(years) >= 6
    with unchecked():
        for model, field in years:
            fill(model, field, YEARS)
        assert answered(client) == []
        kb.SearchDocument.objects.update(first_year=20006, last_year=32767)  # as another version may have left it
        kb.DataVersion.raise_number()
        assert client.get("/timeline/").status_code == 200


def test_pages_and_files_stand_where_no_day_can_be(client: Client) -> None:
    days = fields_with([validate_partial_date])
    assert days == [(kb.Event, "starts"), (kb.Event, "ends")]
    for number in range(len(DATES)):
        factories.make_event(name=f"Meeting {number}")
    with unchecked():
        for model, field in days:
            fill(model, field, DATES)
        assert answered(client) == []
        for event in kb.Event.objects.published():
            assert client.get(event.get_absolute_url()).status_code == 200, (event.starts, event.ends)


@pytest.mark.parametrize("vocabulary", kb.VOCABULARIES, ids=lambda model: model.__name__)
def test_no_term_vanishes_in_a_circle_or_on_a_third_level(vocabulary: type[kb.Term]) -> None:
    circles(vocabulary)
    factories.publish_all()
    terms = current().vocabularies.vocabulary(vocabulary)
    assert sorted(term.pk for term in terms) == sorted(vocabulary.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("kinds", [("lesson",), ("lesson", "challenge")], ids=["one kind", "two kinds"])
def test_no_finding_vanishes_in_a_circle(kinds: tuple[str, ...]) -> None:
    findings = [factories.make_finding(kind=kind, title=f"Number {n}") for n, kind in enumerate([*kinds, *kinds])]
    for finding, parent in zip(findings, [*findings[1:], findings[0]], strict=True):
        put_under(kb.Finding, finding, parent)
    branches = [branch for kind in kinds for tree in finding_list_page(kind).trees for branch in tree.branches]
    shown = set()
    while branches:
        branch = branches.pop()
        shown.add(branch.finding.pk)
        branches += branch.children
    assert {finding.pk for finding in findings} <= shown


def test_findings_on_very_many_levels_are_all_shown(client: Client) -> None:
    parent = None
    for number in range(5 * LEVELS):
        parent = factories.make_finding(kind="lesson", title=f"Level number {number}.", parent=parent)
    html = client.get("/findings/?kind=lesson").content.decode()
    assert all(f"Level number {number}." in html for number in range(5 * LEVELS))
