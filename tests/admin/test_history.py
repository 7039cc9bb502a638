"""Saving a form: all that it says is one version in history, and costs no more in a long record than in a short one."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.curation.changes.pending import pending_of
from tests import factories
from tests.forms import Values, admin_url, as_values, errors, fields_of, form_of

pytestmark = pytest.mark.django_db

#: the queries of one save, those about transactions among them, by what is saved
MOST: dict[str, int] = {kb.State.PUBLISHED: 61, kb.State.DRAFT: 37, "pending edit": 86}
ACTORS = [(role, "partner", None) for role in ("ngo", "media", "employer", "trade-union")]


def opened(client: Client, practice: kb.Practice, **changes: object) -> Values:
    values = fields_of(client, admin_url("change", practice), form_of(practice))
    return values | {name: as_values(value) for name, value in changes.items()}


def test_one_save_is_one_version_of_the_record_and_of_each_row_with_the_terms_of_then(
    curator_client: Client, curator: User
) -> None:
    practice = factories.make_practice(topics=("language",), involvements=tuple(ACTORS[:2]))
    first, second = practice.involvements.all()
    before = [record.history.count() for record in (practice, first, second)]
    passages, topic = [factories.make_citation(), factories.make_citation()], kb.Topic.objects.get(code="housing")
    values = opened(curator_client, practice, topics=[topic], **{"involvements-1-citations": passages})
    assert curator_client.post(admin_url("change", practice), values | {"_publish": [""]}).status_code == 302
    after = [record.history.count() for record in (practice, first, second)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 0, 1]
    version, row = practice.history.first(), second.history.first()
    assert (version.history_type, version.history_user, version.history_change_reason) == ("~", curator, None)
    assert [link.topic_id for link in version.topics.all()] == [topic.pk]
    assert {link.citation_id for link in row.citations.all()} == {passage.pk for passage in passages}
    assert (row.history_type, row.history_user) == ("~", curator)


@pytest.mark.parametrize("state", MOST)
def test_saving_asks_few_queries_and_no_more_of_a_longer_record_and_in_a_larger_collection(
    curator_client: Client, state: str
) -> None:
    def queries(practice: kb.Practice) -> int:
        changes = {"summary": factories.SUMMARY.format("renewed"), "involvements-0-note": "Renewed"}
        values = opened(curator_client, practice, **changes)
        button = "_publish" if state == kb.State.PUBLISHED else "_save"
        with CaptureQueriesContext(connection) as captured:
            response = curator_client.post(admin_url("change", practice), values | {button: [""]})
        assert response.status_code == 302, errors(response)
        assert (pending_of(practice) is not None) == (state == "pending edit")
        return len(captured)

    fields = {"state": kb.State.DRAFT} if state == kb.State.DRAFT else {}
    queries(factories.make_practice(**fields))
    few = queries(factories.make_practice(**fields))
    assert few <= MOST[state]
    codes = [(code, "destination") for code in ("PT", "FR", "ES", "MA")]
    several = {"topics": ("language", "housing"), "involvements": tuple(ACTORS), "countries": tuple(codes)}
    longer = [factories.make_practice(**several, **fields) for _ in range(5)]
    assert queries(longer[-1]) <= few


def test_a_form_that_is_only_opened_keeps_nobody_waiting(curator_client: Client) -> None:
    for record in (factories.make_practice(), factories.make_source(), kb.Topic.objects.earliest("pk")):
        for url in (admin_url("change", record), admin_url("add", record)):
            with CaptureQueriesContext(connection) as captured:
                curator_client.get(url)
            assert not [query for query in captured if "SAVEPOINT" in query["sql"]], url
