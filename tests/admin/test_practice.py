"""A curator adds a practice and corrects it, in the admin's own form."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Manager
from django.test import Client

from practices import models as kb
from tests import factories
from tests.forms import Values, add_row, admin_url, as_values, change, errors, fields_of, form_of

pytestmark = pytest.mark.django_db

URL = "/admin/practices/practice/add/"


def country(alpha2: str) -> kb.Country:
    return kb.Country.objects.get(alpha2=alpha2)


def role(code: str) -> kb.StakeholderRole:
    return kb.StakeholderRole.objects.get(code=code)


def filled_in(client: Client, **fields: object) -> Values:
    """Return the add form, opened and filled in with all that a practice must have."""
    values = {
        "title": "A night school for newcomers",
        "slug": "night-school",
        "summary": factories.SUMMARY.format(1),
        "kind": kb.Kind.objects.get(code="programme"),
        "level": kb.Level.objects.get(code="local"),
        "dimensions": list(kb.Dimension.objects.all()[:2]),
        "topics": list(kb.Topic.objects.all()[:2]),
        **fields,
    }
    return fields_of(client, URL, form_of(kb.Practice)) | {name: as_values(value) for name, value in values.items()}


def with_rows(client: Client) -> Values:
    """Return the add form with rows of every kind."""
    values, cited = filled_in(client), [factories.make_citation(), factories.make_citation()]
    add_row(values, "country_links", country=country("PT"), role="destination")
    add_row(values, "country_links", country=country("MA"), role="origin")
    named = {"stakeholder": factories.make_stakeholder(), "note": "", "citations": cited}
    add_row(values, "involvements", role=role("ngo"), function="lead", **named)
    add_row(values, "involvements", role=role("private-sector"), function="funder", stakeholder="", note="A bakery.")
    add_row(values, "outcomes", kind="result", statement="Many came.", value="40", qualifier="about", unit="pupils")
    add_row(values, "outcomes", kind="limit", statement="Few stayed.", value="", qualifier="", citations=cited[:1])
    add_row(values, "relations", other=factories.make_practice(), kind="see-also", citations=cited)
    add_row(values, "citation_links", citation=cited[0], supports="record")
    add_row(values, "citation_links", citation=cited[1], supports="years")
    return values


def save(client: Client, values: Values, url: str = URL) -> None:
    response = client.post(url, values)
    assert response.status_code == 302, errors(response)


def added(client: Client) -> kb.Practice:
    """Add a practice with rows of every kind."""
    save(client, with_rows(client))
    practice: kb.Practice = kb.Practice.objects.get(slug="night-school")
    return practice


def positions(rows: Manager[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("position", flat=True))


def test_a_curator_adds_a_whole_practice_in_one_form(curator_client: Client) -> None:
    practice = added(curator_client)
    assert practice.title == "A night school for newcomers"
    assert (practice.dimensions.count(), practice.topics.count()) == (2, 2)
    assert [str(link) for link in practice.country_links.all()] == ["Portugal (Destination)", "Morocco (Origin)"]
    named, unnamed = practice.involvements.all()
    assert named.stakeholder
    assert named.citations.count() == 2
    assert (unnamed.stakeholder, unnamed.note, unnamed.function) == (None, "A bakery.", "funder")
    assert [outcome.value for outcome in practice.outcomes.all()] == [40, None]
    assert practice.relations.get().citations.count() == 2
    assert [link.supports for link in practice.citation_links.all()] == ["record", "years"]


def test_a_practice_is_added_as_a_draft_with_a_ref_of_its_own(client: Client, curator_client: Client) -> None:
    refs = set(kb.Practice.objects.values_list("ref", flat=True))
    filled = with_rows(curator_client)
    before = kb.DataVersion.current().number
    save(curator_client, filled)
    practice = kb.Practice.objects.get(slug="night-school")
    assert (practice.state, practice.version, practice.published_at) == (kb.State.DRAFT, 1, None)
    assert practice.ref.startswith("IPK-")
    assert practice.ref not in refs
    assert kb.DataVersion.current().number == before
    assert client.get(practice.get_absolute_url()).status_code == 404


def test_rows_are_put_in_the_order_in_which_they_were_added(curator_client: Client) -> None:
    practice = added(curator_client)
    for name in ("country_links", "involvements", "outcomes", "citation_links"):
        assert positions(getattr(practice, name)) == [1, 2], name
    assert positions(practice.relations) == [1]


def test_who_added_a_practice_is_recorded_for_every_row(curator_client: Client, curator: User) -> None:
    practice = added(curator_client)
    assert {row.history_user for row in practice.history.all()} == {curator}
    for model in kb.PRACTICE_ROWS:
        history = model.history.filter(practice_id=practice.pk)  # type: ignore[attr-defined]
        assert {row.history_user for row in history} == {curator}, model


def test_rows_added_later_follow_those_that_are_there(curator_client: Client) -> None:
    practice = added(curator_client)
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice))
    for alpha2 in ("FR", "ES", "DE"):
        add_row(values, "country_links", country=country(alpha2), role="partner")
    save(curator_client, values, url)
    assert positions(practice.country_links) == [1, 2, 3, 4, 5]
    assert [str(link.country) for link in practice.country_links.all()[2:]] == ["France", "Spain", "Germany"]


def test_a_row_may_be_removed_and_another_added_at_once(curator_client: Client) -> None:
    practice = added(curator_client)
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice)) | {"country_links-1-DELETE": ["on"]}
    add_row(values, "country_links", country=country("FR"), role="origin")
    save(curator_client, values, url)
    assert [str(link.country) for link in practice.country_links.all()] == ["Portugal", "France"]


def test_saving_without_a_change_of_rows_leaves_rows_and_their_history_alone(curator_client: Client) -> None:
    practice = added(curator_client)
    before = {model: model.history.count() for model in kb.PRACTICE_ROWS}  # type: ignore[attr-defined]
    assert change(curator_client, practice).status_code == 302
    assert {model: model.history.count() for model in kb.PRACTICE_ROWS} == before  # type: ignore[attr-defined]


def test_a_correction_that_is_published_at_once_reaches_readers(client: Client, curator_client: Client) -> None:
    practice, before = factories.make_practice(), kb.DataVersion.current().number
    assert change(curator_client, practice, title="Corrected by a curator", _publish="").status_code == 302
    practice.refresh_from_db()
    assert (practice.title, practice.version, practice.state) == ("Corrected by a curator", 2, kb.State.PUBLISHED)
    assert kb.DataVersion.current().number == before + 1
    assert "Corrected by a curator" in client.get(practice.get_absolute_url()).content.decode()


def test_a_correction_of_a_row_alone_raises_version_and_data_version(client: Client, curator_client: Client) -> None:
    practice = factories.make_practice(involvements=(("ngo", "lead", None),))
    before = kb.DataVersion.current().number
    assert change(curator_client, practice, _publish="", **{"involvements-0-function": "adviser"}).status_code == 302
    practice.refresh_from_db()
    assert practice.version == 2
    assert kb.DataVersion.current().number == before + 1
    assert practice.involvements.get().function == "adviser"


def test_a_correction_of_a_draft_raises_its_version_but_not_the_data_version(curator_client: Client) -> None:
    practice, before = factories.make_practice(state=kb.State.DRAFT), kb.DataVersion.current().number
    assert change(curator_client, practice, title="Still a draft").status_code == 302
    practice.refresh_from_db()
    assert practice.version == 2
    assert kb.DataVersion.current().number == before


#: what no form may change, with what someone forges
FORGED = {
    "state": "published",
    "version": "99",
    "ref": "IPK-9999",
    "published_at": "2001-01-01 00:00:00",
    "published_at_0": "2001-01-01",
    "published_at_1": "00:00:00",
    "created": "2001-01-01 00:00:00",
    "modified": "2001-01-01 00:00:00",
    "sort_key": "aaa",
    "history_user": "1",
    "_history_user": "1",
    "_change_reason": "forged",
}


@pytest.mark.parametrize("state", [kb.State.DRAFT, kb.State.PUBLISHED, kb.State.ARCHIVED])
def test_l8_forged_fields_change_nothing(curator_client: Client, state: str) -> None:
    practice, other = factories.make_practice(state=state), factories.make_practice()
    kb.Practice.objects.filter(pk=practice.pk).update(published_at=None if state == kb.State.DRAFT else other.created)
    names = ("pk", "ref", "state", "published_at", "created", "draft_of_id", "version", "sort_key")
    before = kb.Practice.objects.values(*names).get(pk=practice.pk)
    forged = {**FORGED, "id": other.pk, "pk": other.pk, "draft_of": other.pk, "draft_of_id": other.pk}
    forged |= {"_publish": ""} if state == kb.State.PUBLISHED else {}
    assert change(curator_client, practice, description="Another text.", **forged).status_code == 302
    after = kb.Practice.objects.values(*names).get(pk=practice.pk)
    assert after == {**before, "version": before["version"] + 1}
    assert "forged" not in {row.history_change_reason for row in practice.history.all()}


def test_l8_a_forged_new_practice_is_a_draft_like_any_other(curator_client: Client) -> None:
    other = factories.make_practice()
    forged = {**FORGED, "id": other.pk, "pk": other.pk, "draft_of": other.pk}
    save(curator_client, filled_in(curator_client, **forged))
    practice = kb.Practice.objects.get(slug="night-school")
    assert (practice.state, practice.version, practice.published_at) == (kb.State.DRAFT, 1, None)
    assert practice.draft_of is None
    assert practice.ref != "IPK-9999"
    assert practice.pk != other.pk


def test_l8_a_forged_row_takes_no_position_and_no_other_owner(curator_client: Client) -> None:
    practice, other = factories.make_practice(), factories.make_practice()
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice)) | {"_publish": [""]}
    add_row(values, "outcomes", kind="result", statement="Forged.", position=77, practice=practice, state="published")
    save(curator_client, values, url)
    assert practice.outcomes.get().position == 1
    values = fields_of(curator_client, url, form_of(practice))
    add_row(values, "outcomes", kind="result", statement="Stolen.", practice=other)
    response = curator_client.post(url, values)
    assert response.status_code == 200
    assert not kb.Outcome.objects.filter(statement="Stolen.").exists()


def test_l8_another_practice_s_row_cannot_be_changed_or_removed(curator_client: Client) -> None:
    practice, other = factories.make_practice(), factories.make_practice()
    row = other.country_links.get()
    forged = {"country_links-0-id": row.pk, "country_links-0-role": "origin", "_publish": ""}
    for delete in ({}, {"country_links-0-DELETE": "on"}):
        change(curator_client, practice, **forged, **delete)
        assert other.country_links.get() == row
        assert {link.role for link in kb.CountryLink.objects.filter(practice__in=[practice, other])} == {"destination"}


def test_a_slug_that_another_practice_has_is_refused_with_a_reason(curator_client: Client) -> None:
    taken = factories.make_practice()
    response = curator_client.post(URL, filled_in(curator_client, slug=taken.slug))
    assert "Another practice has this slug." in errors(response)


def test_a_pending_edit_keeps_the_slug_of_its_original(curator_client: Client) -> None:
    practice = factories.make_practice()
    edit = kb.Practice.objects.get(pk=practice.pk)
    edit.pk, edit.draft_of, edit.state, edit.published_at = None, practice, kb.State.DRAFT, None
    edit.save()
    terms = {name: list(getattr(practice, name).all()) for name in ("dimensions", "topics")}
    assert change(curator_client, edit, title="To come", **terms).status_code == 302
    edit.refresh_from_db()
    assert (edit.title, edit.slug, edit.draft_of) == ("To come", practice.slug, practice)


@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
def test_the_same_actor_twice_is_refused_with_a_reason(curator_client: Client, named: bool) -> None:
    values, actor = filled_in(curator_client), factories.make_stakeholder() if named else ""
    for note in ("one", "two") if named else ("", ""):
        add_row(values, "involvements", role=role("ngo"), function="lead", stakeholder=actor, note=note)
    response = curator_client.post(URL, values)
    assert "The same actor stands there twice" in errors(response)


def test_the_same_country_twice_is_refused_with_a_reason(curator_client: Client) -> None:
    values = filled_in(curator_client)
    for _ in range(2):
        add_row(values, "country_links", country=country("PT"), role="origin")
    assert "Please correct the duplicate" in errors(curator_client.post(URL, values))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"year_start": 2006, "year_end": 2001}, "The last year is before the first."),
        ({"year_start": 201}, "Give a year in four digits, from 1000 on."),
        ({"year_end": 20006}, "Give a year in four digits, up to 20"),
        ({"status_year": 0}, "Give a year in four digits, from 1000 on."),
        ({"title": ""}, "This field is required."),
        ({"dimensions": []}, "This field is required."),
        ({"slug": "not a slug"}, "valid"),
        ({"kind": 999999}, "valid choice"),
        ({"reported_status": "nonsense"}, "valid choice"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_reason(
    curator_client: Client, fields: dict[str, object], reason: str
) -> None:
    response = curator_client.post(URL, filled_in(curator_client, **fields))
    assert reason in errors(response)
    assert not kb.Practice.objects.filter(slug="night-school").exists()


@pytest.mark.parametrize(
    ("prefix", "row", "reason"),
    [
        ("outcomes", {"kind": "result", "statement": "So many.", "value": "40", "qualifier": ""}, "A figure needs"),
        ("outcomes", {"kind": "result", "statement": "None.", "value": "", "qualifier": "about"}, "A figure needs"),
        ("outcomes", {"kind": "limit", "statement": "", "value": ""}, "This field is required."),
        ("outcomes", {"kind": "limit", "statement": "Late.", "as_of": "20006"}, "Give a year in four digits, up to 20"),
        ("involvements", {"role": "", "function": "lead"}, "This field is required."),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_a_reason(
    curator_client: Client, prefix: str, row: dict[str, str], reason: str
) -> None:
    values = filled_in(curator_client)
    add_row(values, prefix, **row)
    assert reason in errors(curator_client.post(URL, values))


def test_a_practice_is_not_related_to_itself(curator_client: Client) -> None:
    practice = factories.make_practice()
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice))
    add_row(values, "relations", other=practice, kind="part-of")
    assert "A practice is not related to itself." in errors(curator_client.post(url, values))


@pytest.mark.parametrize("kind", ["part-of", "continues"])
def test_a_practice_is_no_part_of_its_own_part(curator_client: Client, kind: str) -> None:
    whole, part = factories.make_practice(), factories.make_practice()
    kb.Relation.objects.create(practice=part, other=whole, kind=kind)
    url = admin_url("change", whole)
    values = fields_of(curator_client, url, form_of(whole))
    add_row(values, "relations", other=part, kind=kind)
    assert "has this relation to this practice already" in errors(curator_client.post(url, values))
    assert not whole.relations.exists()
