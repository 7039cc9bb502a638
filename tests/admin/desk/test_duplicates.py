"""The desk: pairs of records that look like one, merged or told apart."""

import pytest
from django.test import Client
from django.urls import reverse

from practices import models as kb
from practices.admin.desk.lines import DeskLine
from practices.curation.quality import upkeep
from practices.curation.roles import Role
from tests import factories
from tests.admin.desk.page import browser_of, section
from tests.forms import admin_url, messages

pytestmark = pytest.mark.django_db


def agencies() -> tuple[kb.Stakeholder, kb.Stakeholder]:
    """Return two organisations that look like one, as the last check of the content found."""
    names = ("Zorble Agency of Quix", "Zorble Agency of Quixx")
    first, second = (factories.make_stakeholder(name=name, country="PT") for name in names)
    upkeep.check_content()
    return first, second


def lines_of(client: Client, record: kb.Curated) -> list[DeskLine]:
    return [line for line in section(client, "maybe-twice").lines if record.ref in line.label]


def test_like_records_stand_there_as_pairs_side_by_side_at_a_click(curator_client: Client) -> None:
    first, second = agencies()
    [line] = lines_of(curator_client, second)
    assert line.url == admin_url("change", second)
    assert f"{first.ref} {first}" in line.detail
    page = curator_client.get(dict(line.links)["Merge"])
    assert (page.context["stays"], page.context["goes"]) == (first, second)


def test_a_pair_that_is_not_the_same_leaves_the_desk_until_that_is_undone(curator_client: Client) -> None:
    _first, second = agencies()
    [line] = lines_of(curator_client, second)
    [button] = line.buttons
    response = curator_client.post(button.url, button.values, follow=True)
    assert "not the same" in messages(response)
    assert lines_of(curator_client, second) == []
    [undo] = [line.buttons[0] for line in section(curator_client, "lately").lines if second.ref in line.label]
    curator_client.post(undo.url)
    assert lines_of(curator_client, second) == [line]


def test_who_may_not_merge_sees_the_pair_and_cannot_tell_it_apart() -> None:
    first, second = agencies()
    editor = browser_of(Role.EDITOR)
    [line] = lines_of(editor, second)
    assert line.links == line.buttons == ()
    values = {"kind": "stakeholder", "one": first.pk, "other": second.pk}
    assert editor.post(reverse("admin:note_distinct"), values).status_code == 403
    assert not kb.DistinctRecords.objects.exists()


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [("stakeholder", "1", "1"), ("stakeholder", "x", ""), ("topic", "1", "2"), ("", "1", "2"), ("practice", "0", "-1")],
)
def test_a_forged_pair_is_not_found(curator_client: Client, kind: str, one: str, other: str) -> None:
    values = {"kind": kind, "one": one, "other": other}
    assert curator_client.post(reverse("admin:note_distinct"), values).status_code == 404
    assert curator_client.get(reverse("admin:note_distinct")).status_code == 405
