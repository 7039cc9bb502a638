"""Forms of records read no more of what a record names than they need, and show it in its order."""

from typing import Any

import pytest
from django.forms import modelform_factory

from practices import models as kb
from practices.admin.citing.forms import CitingForm
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_a_form_reads_the_keys_of_all_terms_in_one_query(django_assert_num_queries: Any) -> None:
    practice = factories.make_practice(topics=("language", "housing"), dimensions=("social",), groups=())
    form_class = modelform_factory(kb.Practice, CitingForm, fields=["title", "topics", "dimensions", "target_groups"])
    with django_assert_num_queries(1):
        form = form_class(instance=practice)
    assert form.initial["title"] == practice.title
    assert set(form.initial["topics"]) == set(practice.topics.values_list("pk", flat=True))
    assert form.initial["dimensions"] == [practice.dimensions.get().pk]
    assert form.initial["target_groups"] == []


def test_passages_are_shown_in_the_order_of_the_source() -> None:
    source = factories.make_source()
    later, earlier = (factories.make_citation(source, paragraph=paragraph) for paragraph in (2, 1))
    finding = factories.make_finding(citation=later)
    finding.citations.add(earlier)
    form = modelform_factory(kb.Finding, CitingForm, fields=["citations"])(instance=finding)
    assert [citation.pk for citation in form.initial["citations"]] == [earlier.pk, later.pk]
