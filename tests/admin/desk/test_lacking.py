"""The desk: each gate leads to the list of just those records; what is not read, what is due."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from practices import models as kb
from practices.admin import desk
from practices.admin.desk.duplicates import DUPLICATES
from practices.curation.quality import GATES, upkeep
from tests import factories
from tests.admin.desk.page import listed, section
from tests.forms import admin_url

pytestmark = pytest.mark.django_db


def test_each_gate_leads_to_the_list_of_exactly_what_falls_short_of_it(curator_client: Client) -> None:
    fallen = factories.make_practice(title="Fallen")
    fallen.topics.clear()
    kb.Practice.objects.filter(pk=fallen.pk).update(summary="Short.")
    kb.Topic.objects.filter(code="language").update(definition="")
    upkeep.check_content()
    found = upkeep.records_lacking()
    assert {"topic", "summary", "defined terms"} <= set(found)
    lines = {line.label: line for line in section(curator_client, "falls-short").lines}
    for gate in GATES:
        for kind, number in found.get(gate.name, {}).items():
            model = desk.KINDS[kind]
            records = listed(curator_client, f"{admin_url('changelist', model)}?lacks={gate.name}&all=")
            assert {record.pk for record in records} == set(
                upkeep.issues_of(gate.name, kind).values_list("record", flat=True)
            )
            assert len(records) == number
            if gate.name not in DUPLICATES:
                assert any(f"lacks={gate.name.replace(' ', '+')}" in url for _, url in lines[str(gate.title)].links)


def test_a_list_of_what_falls_short_says_what_is_lacking(curator_client: Client) -> None:
    fallen = factories.make_practice(title="Fallen")
    fallen.topics.clear()
    upkeep.check_content()
    response = curator_client.get(admin_url("changelist", kb.Practice), {"lacks": "topic"})
    assert list(response.context["cl"].result_list) == [fallen]
    assert "a topic" in response.content.decode()
    assert "lacking" not in curator_client.get(admin_url("changelist", kb.Practice)).content.decode()


def test_an_unknown_gate_is_no_error_and_nothing_falls_short_of_it(curator_client: Client) -> None:
    for value in ("no-such-gate", "", "\0", "topic' OR 1=1"):
        response = curator_client.get(admin_url("changelist", kb.Practice), {"lacks": value})
        assert response.status_code in (200, 302), value


def test_the_check_says_how_old_it_is(curator_client: Client) -> None:
    never = section(curator_client, "falls-short")
    assert "never checked" in never.note
    assert "not known" in never.nothing
    upkeep.check_content()
    assert "nothing public has changed" in section(curator_client, "falls-short").note
    factories.make_practice()
    assert "2 changes" in section(curator_client, "falls-short").note


def test_coverage_names_the_sources_with_paragraphs_that_nobody_read(curator_client: Client) -> None:
    source = factories.make_source(title="Zorble report")
    factories.make_practice(citation=factories.make_citation(source))
    upkeep.check_content()
    [line] = [line for line in section(curator_client, "read-so-far").lines if line.label == "Zorble report"]
    assert line.count == 2
    assert line.url == reverse("admin:practices_source_paragraphs", args=[source.pk])


def test_records_are_due_that_nobody_reviewed_for_two_years(curator_client: Client) -> None:
    _lately, long_ago, never = (factories.make_concept() for _ in range(3))
    kb.Concept.objects.update(reviewed_on=timezone.now().date())
    kb.Concept.objects.filter(pk=long_ago.pk).update(reviewed_on=date(2001, 1, 1))
    kb.Concept.objects.filter(pk=never.pk).update(reviewed_on=None)
    factories.make_concept(state=kb.State.DRAFT)
    [line] = [line for line in section(curator_client, "due").lines if line.label == "Concepts"]
    assert line.count == 2
    assert set(listed(curator_client, line.url)) == {long_ago, never}
