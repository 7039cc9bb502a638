"""A form in which nothing was changed: saving it writes nothing, and says so."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.curation.changes.pending import pending_edit, pending_of
from practices.curation.roles import Role, give_role
from tests import factories
from tests.admin.test_admin import each_with_history, make
from tests.conftest import logged_in
from tests.forms import Values, add_row, admin_url, fields_of, form_of, messages
from tests.responses import Response

pytestmark = pytest.mark.django_db

NOTHING = "Nothing was changed"
STATES = [kb.State.DRAFT, kb.State.PUBLISHED, kb.State.ARCHIVED]


def opened(client: Client, record: Model) -> Values:
    """Return what a browser would send of a form as it is opened: it ends lines as no text is kept."""
    values = fields_of(client, admin_url("change", record), form_of(record))
    return {name: [text.replace("\n", "\r\n") for text in texts] for name, texts in values.items()}


def sent(client: Client, record: Model, values: Values) -> Response:
    return client.post(admin_url("change", record), values, follow=True)


def written() -> dict[str, object]:
    """Return how many records and versions of each kind there are, and what numbers they have."""
    of_practices = [model for model in apps.get_app_config("practices").get_models() if model is not kb.Presence]
    counts: dict[str, object] = {model._meta.label: model._default_manager.count() for model in of_practices}
    versions = {model._meta.label: list(model.objects.order_by("pk").values_list("version")) for model in kb.CURATED}
    return counts | versions | {"log": LogEntry.objects.count(), "data": kb.DataVersion.current().number}


@each_with_history
def test_saving_what_was_not_changed_writes_nothing(curator_client: Client, model: type[Model]) -> None:
    record = make(model)
    values, before = opened(curator_client, record), written()
    for button in ("_save", "_continue", "_publish", "_preview"):
        if button == "_publish" and not getattr(record, "is_published", False):
            continue
        page = sent(curator_client, record, values | {button: [""]})
        assert page.status_code == 200
        assert button == "_preview" or messages(page).count(NOTHING) == 1
        assert written() == before


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_written_whatever_the_state_and_the_rows(curator_client: Client, state: str) -> None:
    practice = factories.make_practice(description="One paragraph.\n\nAnother.")
    kb.Practice.objects.filter(pk=practice.pk).update(state=state)
    values, before = opened(curator_client, practice), written()
    drawn = {name.partition("__prefix__-")[2]: value for name, value in values.items() if "outcomes-__pre" in name}
    add_row(values, "outcomes", **drawn)
    numbers = [name for name in values if name.endswith("-ORDER") and name.startswith("country_links-0")]
    assert NOTHING in messages(sent(curator_client, practice, values | {name: ["7"] for name in numbers}))
    assert written() == before
    assert pending_of(practice) is None


def test_a_pending_edit_stays_as_it_is(curator_client: Client, curator: User) -> None:
    practice = factories.make_practice()
    edit = pending_edit(practice, curator)
    values, before = opened(curator_client, edit), written()
    assert NOTHING in messages(sent(curator_client, edit, values))
    assert written() == before


def test_sending_for_review_begins_no_edit_that_changes_nothing(client: Client) -> None:
    practice = factories.make_practice()
    contributor = User.objects.create_user("colin", is_staff=True)
    give_role(contributor, Role.CONTRIBUTOR)
    logged_in(client, contributor)
    values, before = opened(client, practice), written()
    assert NOTHING in messages(sent(client, practice, values | {"_send": [""]}))
    assert written() == before


def test_a_step_is_taken_and_nothing_else_is_written(curator_client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    values, number = opened(curator_client, practice), practice.version
    history = practice.history.count()
    assert NOTHING not in messages(sent(curator_client, practice, values | {"_publish": [""]}))
    practice.refresh_from_db()
    assert (practice.state, practice.version) == (kb.State.PUBLISHED, number + 1)
    assert practice.history.count() == history + 1
