"""Two people in one form: nobody overwrites another unseen, and nothing typed is lost."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.admin.form import conflicts
from tests import factories
from tests.admin.test_admin import make
from tests.conftest import HttpsClient, logged_in
from tests.forms import Values, add_row, admin_url, errors, fields_of, form_of
from tests.responses import Response

pytestmark = pytest.mark.django_db

WITH_HISTORY = [*kb.CURATED, *kb.VOCABULARIES, kb.Country, kb.Place, kb.Section, kb.ParagraphNote, kb.SynonymRing]
STALE = "others changed this record since you opened it"


@pytest.fixture
def other_client(db: None) -> Client:
    """Return the browser of a second curator."""
    return logged_in(HttpsClient(), User.objects.create_superuser("otto", "otto@example.org", "a-long-pass-phrase"))


def opened(client: Client, record: Model) -> Values:
    return fields_of(client, admin_url("change", record), form_of(record))


def save(client: Client, record: Model, values: Values, **changes: object) -> Response:
    """Change some fields of a form and send it; what is public is published at once."""
    typed = {name: value if isinstance(value, list) else [str(value)] for name, value in changes.items()}
    published = {"_publish": [""]} if getattr(record, "is_published", False) else {}
    return client.post(admin_url("change", record), values | published | typed)


def page(response: Response) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("model", WITH_HISTORY, ids=lambda model: model._meta.model_name)
def test_a_form_opened_before_somebody_saved_is_not_saved_over_it(
    curator_client: Client, other_client: Client, model: type[Model]
) -> None:
    record = make(model)
    mine, theirs = opened(curator_client, record), opened(other_client, record)
    name = next(name for name in ("title", "name", "term", "label", "reason", "note") if name in theirs)
    assert save(other_client, record, theirs, **{name: "Otto's words"}).status_code == 302
    response = save(curator_client, record, mine)
    assert STALE in errors(response)
    assert set(response.context["adminform"].form.errors) == {"__all__"}
    assert save(curator_client, record, opened(curator_client, record)).status_code == 302


def test_what_the_other_wrote_stays_and_what_this_person_typed_stands_in_the_form(
    curator_client: Client, other_client: Client
) -> None:
    practice = factories.make_practice(description="As it was.")
    mine, theirs = opened(curator_client, practice), opened(other_client, practice)
    save(other_client, practice, theirs, description="A sentence of Otto's.")
    response = save(curator_client, practice, mine, title="A title of Carla's")
    practice.refresh_from_db()
    assert practice.description == "A sentence of Otto's."
    assert practice.title != "A title of Carla's"
    form = response.context["adminform"].form
    assert form["title"].value() == "A title of Carla's"
    assert form["description"].value() == "A sentence of Otto's."
    assert form["kind"].value() == str(practice.kind_id)
    assert form["reported_status"].value() == practice.reported_status
    assert set(form.errors) == {"__all__"}
    assert "otto" in page(response)


def test_saving_again_keeps_the_changes_of_both(curator_client: Client, other_client: Client) -> None:
    practice = factories.make_practice(description="As it was.", topics=("language",))
    housing = kb.Topic.objects.get(code="housing")
    mine, theirs = opened(curator_client, practice), opened(other_client, practice)
    save(other_client, practice, theirs, description="A sentence of Otto's.", topics=[str(housing.pk)])
    response = save(curator_client, practice, mine, title="A title of Carla's")
    form = response.context["adminform"].form
    again = mine | {"title": ["A title of Carla's"], "description": ["A sentence of Otto's."]}
    again |= {"topics": [str(pk) for pk in form["topics"].value()], conflicts.OPENED: [response.context["opened"]]}
    assert save(curator_client, practice, again).status_code == 302
    practice.refresh_from_db()
    assert (practice.title, practice.description) == ("A title of Carla's", "A sentence of Otto's.")
    assert list(practice.topics.all()) == [housing]


def test_where_both_changed_a_field_both_values_are_on_the_page(curator_client: Client, other_client: Client) -> None:
    practice = factories.make_practice()
    mine, theirs = opened(curator_client, practice), opened(other_client, practice)
    save(other_client, practice, theirs, title="Otto's title")
    response = save(curator_client, practice, mine, title="Carla's title")
    assert response.context["adminform"].form["title"].value() == "Carla's title"
    assert "Otto&#x27;s title" in page(response)


def test_a_row_that_another_removed_is_no_dead_end_and_what_was_typed_into_it_is_shown(
    curator_client: Client, other_client: Client
) -> None:
    practice = factories.make_practice(countries=(("PT", "destination"), ("FR", "destination")))
    mine, theirs = opened(curator_client, practice), opened(other_client, practice)
    assert save(other_client, practice, theirs, **{"country_links-1-DELETE": "on"}).status_code == 302
    add_row(mine, "country_links", country=kb.Country.objects.get(alpha2="ES"), role="origin")
    response = save(curator_client, practice, mine)
    assert STALE in errors(response)
    assert "Spain" in page(response)
    again = opened(curator_client, practice)
    assert again["country_links-TOTAL_FORMS"] == ["1"]
    [drawn] = [formset for formset in response.context["inline_admin_formsets"] if formset.opts.model is kb.CountryLink]
    assert [form.instance.country.alpha2 for form in drawn.formset.forms] == ["PT"]


def test_a_form_with_an_error_still_tells_of_what_others_save_meanwhile(
    curator_client: Client, other_client: Client
) -> None:
    practice = factories.make_practice()
    mine = opened(curator_client, practice)
    refused = save(curator_client, practice, mine, title="")
    assert refused.context["opened"] == mine[conflicts.OPENED][0]
    save(other_client, practice, opened(other_client, practice), title="Otto's title")
    assert STALE in errors(save(curator_client, practice, mine, title="Carla's title"))


@pytest.mark.parametrize("forged", ["", "yesterday", "9999-99-99", "0001-01-01T00:00:00+00:00", "\0"])
def test_l8_a_form_that_does_not_say_when_it_was_opened_is_not_saved(curator_client: Client, forged: str) -> None:
    practice = factories.make_practice()
    response = save(
        curator_client, practice, opened(curator_client, practice), **{conflicts.OPENED: forged}, title="Forged"
    )
    assert STALE in errors(response)
    practice.refresh_from_db()
    assert practice.title != "Forged"


# What is public stays fit to be


@pytest.mark.parametrize(
    ("changes", "need"),
    [
        ({"summary": "x"}, "a summary of 15 to 60 words"),
        ({"citation_links-0-DELETE": "on"}, "a citation"),
        ({"involvements-0-DELETE": "on"}, "an involvement"),
        ({"country_links-0-DELETE": "on"}, "a country"),
    ],
    ids=str,
)
def test_a_public_practice_is_not_saved_without_what_publishing_asks_and_nothing_typed_is_lost(
    client: Client, curator_client: Client, changes: dict[str, str], need: str
) -> None:
    practice, version = factories.make_practice(), kb.DataVersion.current().number
    response = save(curator_client, practice, opened(curator_client, practice), title="Half a title", **changes)
    assert need in errors(response)
    assert response.context["adminform"].form["title"].value() == "Half a title"
    practice.refresh_from_db()
    assert practice.title != "Half a title"
    assert practice.citation_links.count() == practice.involvements.count() == practice.country_links.count() == 1
    assert kb.DataVersion.current().number == version
    assert "Half a title" not in client.get(practice.get_absolute_url()).content.decode()


def test_a_draft_may_lack_anything(curator_client: Client) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    assert save(curator_client, practice, opened(curator_client, practice), summary="x").status_code == 302


def test_a_finding_that_is_public_keeps_a_citation(curator_client: Client) -> None:
    finding = factories.make_finding()
    response = save(curator_client, finding, opened(curator_client, finding), citations=[])
    assert errors(response)
    assert finding.citations.count() == 1
