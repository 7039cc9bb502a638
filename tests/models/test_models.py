"""What every model promises: natural keys, names, addresses, and constraints kept by the database itself."""

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.curation.fixtures import FIXTURE_MODELS
from practices.models.curated import sort_key, validate_names
from tests import factories

pytestmark = pytest.mark.django_db

ALL = [entry.model for entry in FIXTURE_MODELS.values()]


def name_of(model: type[models.Model]) -> str:
    return model.__name__


@pytest.mark.parametrize("model", ALL, ids=name_of)
def test_a_record_is_found_again_by_its_natural_key(model: type[Model]) -> None:
    record = model._default_manager.order_by("pk").first()
    if record is None or not hasattr(record, "natural_key"):
        pytest.skip("the collection has none of these")
    key = record.natural_key()
    flat = [part for value in key for part in (value if isinstance(value, tuple) else [value])]
    assert model._default_manager.get_by_natural_key(*flat) == record


@pytest.mark.parametrize("model", ALL, ids=name_of)
def test_a_record_has_a_name_for_people(model: type[Model]) -> None:
    record = model._default_manager.first()
    if record is not None:
        assert str(record).strip()
        assert "object (" not in str(record)


@pytest.mark.parametrize("model", [*kb.CURATED, *kb.VOCABULARIES, kb.Country], ids=name_of)
def test_the_address_of_a_record_leads_to_a_page(client: Client, model: type[kb.Curated]) -> None:
    record = model._default_manager.first()
    assert client.get(record.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("model", ALL, ids=name_of)
def test_everything_curators_edit_keeps_its_history(model: type[Model]) -> None:
    if model is not kb.Region:  # which the admin does not show
        assert hasattr(model, "history")


def test_a_new_record_gets_the_next_ref_of_its_kind() -> None:
    first, second = factories.make_practice(), factories.make_practice()
    assert first.ref.startswith("IPK-")
    assert int(second.ref[4:]) == int(first.ref[4:]) + 1


def test_a_ref_is_never_given_twice_even_after_deletion() -> None:
    gone = factories.make_practice()
    ref = gone.ref
    gone.delete()
    assert factories.make_practice().ref != ref


def test_each_kind_of_record_has_a_prefix_of_its_own() -> None:
    assert len({model.prefix for model in kb.CURATED}) == len(kb.CURATED)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Économie", "economie"),
        ("  “Quoted” – name ", "quoted name"),
        ("Straße Łódź Ørsted", "strasse lodz orsted"),
        ("Córdoba 2", "cordoba 2"),
    ],
)
def test_a_sort_key_is_plain_ascii(text: str, key: str) -> None:
    assert sort_key(text) == key


def test_the_sort_key_follows_the_title() -> None:
    practice = factories.make_practice(title="Zürich")
    practice.title = "Ávila"
    practice.save()
    assert kb.Practice.objects.get(pk=practice.pk).sort_key == "avila"


@pytest.mark.parametrize("names", [[{"text": "a"}], "a", [{"text": "", "lang": "en", "kind": "name"}], [1]])
def test_other_names_need_text_language_and_a_known_kind(names: object) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        validate_names(names)


def refused(**fields: object) -> bool:
    """Tell whether the database itself refuses a practice with these fields."""
    practice = factories.make_practice()
    try:
        with transaction.atomic():
            kb.Practice.objects.filter(pk=practice.pk).update(**fields)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "fields",
    [
        {"year_start": 2006, "year_end": 2001},
        {"state": "public"},
        {"reported_status": "gone"},
        {"evidence": "certain"},
    ],
    ids=["years in reverse", "unknown state", "unknown status", "unknown evidence"],
)
def test_the_database_refuses_what_no_practice_can_be(fields: dict[str, object]) -> None:
    assert refused(**fields)


def test_the_database_takes_what_a_practice_can_be() -> None:
    assert not refused(year_start=2001, year_end=2006)


def test_two_practices_cannot_share_a_slug_but_a_pending_edit_shares_its_original_s() -> None:
    original = factories.make_practice(slug="one")
    copy = factories.make_practice(slug="two", state=kb.State.DRAFT)
    kb.Practice.objects.filter(pk=copy.pk).update(draft_of=original, slug="one", ref=original.ref)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_practice(slug="one")


def test_a_pending_edit_is_never_public_itself() -> None:
    original, copy = factories.make_practice(), factories.make_practice(state=kb.State.DRAFT)
    kb.Practice.objects.filter(pk=copy.pk).update(draft_of=original)
    with pytest.raises(IntegrityError), transaction.atomic():
        kb.Practice.objects.filter(pk=copy.pk).update(state=kb.State.PUBLISHED)


def test_an_unnamed_actor_stands_once_for_each_note() -> None:
    practice = factories.make_practice()
    row = practice.involvements.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        kb.Involvement.objects.create(practice=practice, position=2, role=row.role, function=row.function)
    kb.Involvement.objects.create(practice=practice, position=2, role=row.role, function=row.function, note="others")


def test_a_named_actor_stands_once_in_each_role_and_function() -> None:
    actor = factories.make_stakeholder()
    practice = factories.make_practice(involvements=(("ngo", "lead", actor),))
    row = practice.involvements.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        kb.Involvement.objects.create(
            practice=practice, position=2, role=row.role, function=row.function, stakeholder=actor, note="again"
        )


@pytest.mark.parametrize(
    "fields",
    [{"value": 5, "qualifier": ""}, {"qualifier": "about"}, {"unit": "people"}, {"value": 5, "qualifier": "roughly"}],
    ids=["figure without qualifier", "qualifier without figure", "unit without figure", "unknown qualifier"],
)
def test_a_figure_is_complete_or_absent(fields: dict[str, object]) -> None:
    practice = factories.make_practice()
    with pytest.raises(IntegrityError), transaction.atomic():
        kb.Outcome.objects.create(practice=practice, kind="result", statement="Something came of it.", **fields)


def test_a_practice_is_not_related_to_itself() -> None:
    practice = factories.make_practice()
    with pytest.raises(IntegrityError), transaction.atomic():
        kb.Relation.objects.create(practice=practice, other=practice, kind="see-also")


def test_a_representation_is_of_a_country_or_an_organisation() -> None:
    event = factories.make_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        kb.Representation.objects.create(event=event, part="represented")


def test_there_is_one_data_version() -> None:
    before = kb.DataVersion.current().number
    kb.DataVersion.raise_number()
    assert kb.DataVersion.current().number == before + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        kb.DataVersion.objects.create(pk=2)


@pytest.mark.parametrize("model", kb.CURATED, ids=name_of)
def test_only_published_records_are_public(model: type[kb.Curated]) -> None:
    public = set(model.objects.published().values_list("state", flat=True))
    assert public <= {kb.State.PUBLISHED}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="limits of PostgreSQL")
def test_what_waits_for_the_data_version_waits_longer_than_other_statements_and_nothing_after_it() -> None:
    before = limits()
    with CaptureQueriesContext(connection) as asked:
        kb.DataVersion.raise_number()
    assert limits() == before == ("2s", "3s")
    assert any(f"lock_timeout = '{settings.WRITERS_WAIT}s'" in query["sql"] for query in asked.captured_queries)


def limits() -> tuple[str, str]:
    """Return how long PostgreSQL waits for a lock and for a statement now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        lock, statement = cursor.fetchone()
    return str(lock), str(statement)
