"""The cite box: every field of citations takes a passage by its place and first words; no two have the same name."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from practices import models as kb
from practices.admin.citing.fields import CitesMixin, passage_value, place_value
from practices.curation.roles import Role, give_role
from practices.provenance.fingerprints import fingerprint, words
from tests import factories
from tests.conftest import HttpsClient, logged_in
from tests.forms import add_row, admin_url, change, errors, fields_of, form_of, submit
from tests.responses import Response

pytestmark = pytest.mark.django_db

PASSAGE = "Quixotic walruses negotiate the zymurgy of border towns with uncommon patience and care."
OTHER = "Consulates lend bicycles to whoever asks for one before noon on a weekday, free of charge."
CITE = reverse("admin:practices_citation_cite")
#: the fields of citations of whole records, and those of the rows of a practice by the prefix of their rows
OF_RECORDS = [kb.Finding, kb.Event, kb.Concept]
OF_ROWS = {"involvements": "citations", "outcomes": "citations", "relations": "citations", "citation_links": "citation"}


@pytest.fixture
def section() -> kb.Section:
    """Return a section of three paragraphs."""
    section: kb.Section = factories.make_source(slug=f"idm-{kb.Source.objects.count()}").sections.get()
    return section


def line(section: kb.Section, paragraph: int = 2, text: str = PASSAGE) -> str:
    return f"{section.source.slug} | {section.position} | {paragraph} | {text}"


def make(model: type[kb.Curated]) -> kb.Finding | kb.Event | kb.Concept:
    makers = {kb.Finding: factories.make_finding, kb.Event: factories.make_event, kb.Concept: factories.make_concept}
    return makers[model](state="draft")


def ask(client: Client, section: kb.Section, paragraph: object = 2, text: str = PASSAGE, **more: object) -> Response:
    data = {"source": section.source_id, "section": section.pk, "paragraph": paragraph, "text": text}
    return client.post(CITE, {**data, "check": "1", **more})


# What a passage is called


def found(client: Client, term: str, model: str = "finding", field: str = "citations") -> list[str]:
    where = {"app_label": "practices", "model_name": model, "field_name": field, "term": term}
    return [result["text"] for result in client.get(reverse("admin:autocomplete"), where).json()["results"]]


def test_words_of_a_section_and_a_number_find_that_paragraph_only(curator_client: Client) -> None:
    names = found(curator_client, "consular 3")
    assert names
    assert all(name.startswith("IDM 2010, section 13 (Consular networks), paragraph 3") for name in names)
    assert {name.partition(",")[0] for name in found(curator_client, "idm 2010 introduction")} == {"IDM 2010"}
    assert found(curator_client, "idm 2010 introduction 1")
    assert not found(curator_client, "f" * 12)
    sections = found(curator_client, "introduction", "citation", "section")
    assert len(set(sections)) == len(sections) >= 3


# In a form


@pytest.mark.parametrize("model", OF_RECORDS, ids=lambda model: model.__name__)
def test_a_new_passage_is_made_with_the_record_that_cites_it(
    curator_client: Client, section: kb.Section, model: type[kb.Curated]
) -> None:
    record = make(model)
    response = change(curator_client, record, citations_lines=line(section))
    assert response.status_code == 302, errors(response)
    citation = section.citations.get()
    assert (citation.paragraph, citation.fingerprint) == (2, fingerprint(words(PASSAGE)))
    assert citation in record.citations.all()
    assert citation.history.get().history_user.username == "carla"


@pytest.mark.parametrize("prefix", OF_ROWS)
def test_a_row_of_a_practice_takes_a_new_passage(curator_client: Client, section: kb.Section, prefix: str) -> None:
    practice, other = factories.make_practice(state="draft"), factories.make_practice()
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice))
    fields: dict[str, dict[str, object]] = {
        "involvements": {"role": kb.StakeholderRole.objects.get(code="employer"), "function": "funder"},
        "outcomes": {"kind": "result", "statement": "Ten came."},
        "relations": {"other": other, "kind": "see-also"},
        "citation_links": {"supports": "record"},
    }
    add_row(values, prefix, **fields[prefix], **{f"{OF_ROWS[prefix]}_lines": line(section)})
    response = curator_client.post(url, values)
    assert response.status_code == 302, errors(response)
    citation = section.citations.get()
    rows = getattr(practice, prefix).order_by("position")
    cited = rows.last().citation if prefix == "citation_links" else rows.last().citations.get()
    assert cited == citation


def test_what_the_box_answered_is_made_on_saving_and_not_before(curator_client: Client, section: kb.Section) -> None:
    answer = ask(curator_client, section).context
    assert answer["answer"].is_new
    assert not section.citations.exists()
    finding = factories.make_finding(state="draft")
    before = list(finding.citations.values_list("pk", flat=True))
    assert change(curator_client, finding, citations=[*before, answer["value"]]).status_code == 302
    assert section.citations.get() in finding.citations.all()
    assert finding.citations.count() == len(before) + 1


def test_nothing_is_written_by_a_form_that_is_refused_and_what_was_typed_is_kept(
    curator_client: Client, section: kb.Section
) -> None:
    finding, typed = factories.make_finding(), line(section)
    value = ask(curator_client, section, text=OTHER).context["value"]
    response = change(curator_client, finding, title="", citations=[value], citations_lines=typed)
    html = response.content.decode()
    assert response.status_code == 200
    assert PASSAGE in html
    assert f'value="{value}" selected' in html
    assert not section.citations.exists()


def test_a_passage_that_is_there_is_taken(curator_client: Client, section: kb.Section) -> None:
    first, second = (factories.make_finding(state="draft") for _ in range(2))
    for finding in (first, second):
        assert change(curator_client, finding, citations_lines=line(section)).status_code == 302
    longer = f"{PASSAGE} And what follows in the next sentence."
    assert change(curator_client, make(kb.Concept), citations_lines=line(section, text=longer)).status_code == 302
    assert section.citations.count() == 1
    answer = ask(curator_client, section, text=longer)
    assert not answer.context["answer"].is_new
    assert {user.label.split()[0] for user in answer.context["users"]} >= {first.ref, second.ref}
    assert admin_url("change", first) in answer.content.decode()


def test_a_shorter_sentence_that_is_cited_is_known_by_its_own_words(
    curator_client: Client, section: kb.Section
) -> None:
    assert (
        change(curator_client, make(kb.Event), citations_lines=line(section, text="All of it closed.")).status_code
        == 302
    )
    answer = ask(curator_client, section, text="All of it closed. Nobody knows why it did.").context["answer"]
    assert not answer.is_new


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("no bars here", "write source | section | paragraph | first words"),
        ("idm-99 | 1 | 1 | Three words more", "There is no source idm-99"),
        ("{slug} | 7 | 1 | Three words more", "It has no section 7"),
        ("{slug} | 1 | 4 | Three words more", "This section has 3 paragraphs."),
        ("{slug} | 1 | 0 | Three words more", "Paragraphs are counted from 1."),
        ("{slug} | 1 | 99999999999 | Three words more", "This section has 3 paragraphs."),
        ("{slug} | 1 | 1 | Two words", "Give three words or more"),
        ("{slug} | 1 | 1 | ", "Give the words"),
        ("1 | \0 | ² | x", "write source"),
    ],
)
def test_a_line_that_means_no_passage_is_refused_in_words(
    curator_client: Client, section: kb.Section, typed: str, reason: str
) -> None:
    finding = factories.make_finding(state="draft")
    before = finding.history.count()
    response = change(curator_client, finding, citations_lines=typed.format(slug=section.source.slug))
    assert response.status_code == 200
    assert reason in response.content.decode()
    assert finding.history.count() == before
    assert not section.citations.exists()


@pytest.mark.parametrize(
    "forged",
    ["0-1-F-10", "9" * 30, "-1", "1-1-xyz-3", "{pk}-9-F-10", "{pk}-1-F-0", "{pk}-1-F-11", "{pk}-0-F-10"],
)
def test_l8_a_forged_passage_is_refused(curator_client: Client, section: kb.Section, forged: str) -> None:
    finding = factories.make_finding(state="draft")
    response = change(curator_client, finding, citations=[forged.format(pk=section.pk).replace("F", "f" * 64)])
    assert response.status_code == 200
    assert not kb.Citation.objects.filter(fingerprint="f" * 64).exists()


def test_a_section_is_meant_by_its_title_where_only_one_is_called_so(curator_client: Client) -> None:
    event = factories.make_event(state="draft")
    typed = f"IDM 2010 | consular | 2 | {PASSAGE}"
    assert change(curator_client, event, citations_lines=typed).status_code == 302
    assert event.citations.get().section.title == "Consular networks"
    response = change(curator_client, event, citations_lines=f"idm-11 | Introduction | 1 | {PASSAGE}")
    assert "Several sections are called so" in response.content.decode()


def test_l7_who_has_no_role_cites_nothing(client: Client, section: kb.Section) -> None:
    logged_in(client, User.objects.create_user("steve", password="a-long-pass-phrase", is_staff=True))
    ask(client, section, cite="1")
    assert client.get(CITE).status_code == 403
    assert not section.citations.exists()
    assert HttpsClient().get(CITE).status_code == 302


def test_l7_a_contributor_reads_nothing_of_others_drafts_in_the_box(client: Client, section: kb.Section) -> None:
    hidden = factories.make_source(slug="quagmire-2031", title="Quagmire", state="draft")
    finding = factories.make_finding(citation=factories.make_citation(hidden), title="Quagmire too", state="draft")
    kb.Section.objects.filter(source=hidden).update(title="Quagmires")
    public = factories.make_citation(section.source)
    finding.citations.add(public)
    user = User.objects.create_user("steve", password="a-long-pass-phrase")
    give_role(user, Role.CONTRIBUTOR)
    logged_in(client, user)
    other = hidden.sections.get()
    passage = f"{other.pk}-1-{'e' * 64}-10"
    forms = [
        client.get(admin_url("add", kb.Finding), {"cite": value})
        for value in (passage, f"{other.pk}-1", str(other.citations.get().pk))
    ]
    lines = [{"citations_lines": line(one)} for one in (other, section)] + [{"citations": [passage]}]
    sent = [submit(client, admin_url("add", kb.Finding), "finding_form", title="", **fields) for fields in lines]
    asked = [ask(client, one, show=show) for one in (other, section) for show in ("", "1")]
    seen = client.get(reverse("admin:practices_source_section", args=[section.source_id, 1]))
    for response in (*forms, *sent, *asked, seen, client.get(CITE, {"section": other.pk}), client.get(CITE)):
        html = response.content.decode().casefold().replace(hidden.slug, "")  # which they typed
        assert "quagmire" not in html, response.request
    assert finding.ref in seen.content.decode()
    assert "There is no practice" in ask(client, section, ref=finding.ref).content.decode()


def test_a_passage_that_the_user_may_not_read_stays_in_their_record(client: Client) -> None:
    user = User.objects.create_user("steve", password="a-long-pass-phrase")
    give_role(user, Role.CONTRIBUTOR)
    logged_in(client, user)
    hidden = factories.make_citation(factories.make_source(state="draft"))
    finding = factories.make_finding(citation=hidden, state="draft")
    finding.history.update(history_user=user)
    assert change(client, finding, title="Another title").status_code == 302
    assert finding.citations.get() == hidden


def test_the_rows_of_a_form_ask_no_query_each_for_what_they_cite(curator_client: Client) -> None:
    practice = factories.make_practice()
    url = admin_url("change", practice)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert curator_client.get(url).status_code == 200
        return len([query for query in queries if "practices_citation" in query["sql"]])

    def add_rows(*positions: int) -> None:
        for position in positions:
            outcome = kb.Outcome.objects.create(practice=practice, position=position, kind="result", statement="Came.")
            outcome.citations.add(factories.make_citation())
            kb.PracticeCitation.objects.create(practice=practice, position=position, citation=factories.make_citation())

    add_rows(2)
    few = asked()
    add_rows(3, 4, 5, 6)
    assert asked() == few


def test_a_published_record_cites_a_new_passage_by_way_of_its_pending_edit(
    curator_client: Client, section: kb.Section
) -> None:
    finding = factories.make_finding()
    assert change(curator_client, finding, citations_lines=line(section)).status_code == 302
    citation, edit = section.citations.get(), kb.Finding.objects.get(draft_of=finding)
    assert citation in edit.citations.all()
    assert citation not in finding.citations.all()
    opened = curator_client.get(admin_url("change", finding), {"cite": "1-2"})
    assert opened.headers["Location"] == f"{admin_url('change', edit)}?cite=1-2"


# The box


def test_h6_the_box_sends_what_the_site_asks_of_every_form(curator: User, section: kb.Section) -> None:
    client = logged_in(HttpsClient(enforce_csrf_checks=True), curator)
    values = fields_of(client, CITE, "cite_form")
    values |= {"source": [str(section.source_id)], "section": [str(section.pk)], "paragraph": ["1"], "text": [PASSAGE]}
    headers = {"Referer": "https://testserver/"}
    assert client.post(CITE, values, headers=headers).context["answer"].is_new
    assert client.post(CITE, {**values, "csrfmiddlewaretoken": "x"}, headers=headers).status_code == 403


def test_the_box_says_what_is_new_and_what_cannot_be(curator_client: Client, section: kb.Section) -> None:
    assert "new. It is made when you save" in ask(curator_client, section).content.decode()
    for paragraph, text, reason in [
        (4, PASSAGE, "This section has 3 paragraphs."),
        ("", PASSAGE, "Say where it stands."),
        (1, "Two words", "Give three words or more"),
        ("x", PASSAGE, "Enter a whole number."),
    ]:
        response = ask(curator_client, section, paragraph, text)
        assert response.status_code == 200
        assert reason in response.content.decode()
        assert response.context["answer"] is None
    assert not section.citations.exists()


def test_choosing_a_source_shows_its_sections_and_keeps_what_was_typed(
    curator_client: Client, section: kb.Section
) -> None:
    response = curator_client.post(CITE, {"source": section.source_id, "text": PASSAGE, "show": "1"})
    html = response.content.decode()
    assert f'<option value="{section.pk}">1 First section (3)</option>' in html
    assert PASSAGE in html
    assert "errorlist" not in html


def test_cite_it_makes_the_citation_once(curator_client: Client, section: kb.Section) -> None:
    for _ in range(2):
        response = ask(curator_client, section, cite="1")
        assert "made already, and no record cites it" in response.content.decode()
    assert section.citations.count() == 1


def test_the_inside_of_the_box_is_what_the_dialog_shows(curator_client: Client, section: kb.Section) -> None:
    data = {"source": section.source_id, "section": section.pk, "paragraph": 1, "text": PASSAGE, "check": "1"}
    response = curator_client.post(CITE, data, headers={"X-Requested-With": "fetch"})
    html = response.content.decode()
    assert "<html" not in html
    assert f'data-cite-take="{response.context["value"]}"' in html
    assert response.headers["Cache-Control"] == "no-store, private"


def test_odd_addresses_of_the_box_are_no_error(curator_client: Client, section: kb.Section) -> None:
    for values in ({"source": "x"}, {"section": "9" * 40}, {"source": "0", "section": "²"}, {"paragraph": "\0"}):
        assert curator_client.get(CITE, values).status_code == 200, values
        assert curator_client.post(CITE, {**values, "check": "1"}).status_code == 200, values
    html = curator_client.get(CITE, {"section": section.pk, "paragraph": 2}).content.decode()
    assert f'<option value="{section.pk}" selected>' in html


def test_a_passage_is_cited_for_a_record_by_its_ref(curator_client: Client, section: kb.Section) -> None:
    finding = factories.make_finding(state="draft")
    response = ask(curator_client, section, ref=finding.ref.lower())
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{admin_url('change', finding)}?cite={section.pk}-2-")
    assert "There is no practice" in ask(curator_client, section, ref="IPF-9999").content.decode()


# Forms that begin with a passage


def test_a_practice_is_added_from_a_paragraph(curator_client: Client, section: kb.Section) -> None:
    value = ask(curator_client, section).context["value"]
    url = f"{admin_url('add', kb.Practice)}?cite={value}"
    values = fields_of(curator_client, url, "practice_form")
    assert values["citation_links-0-citation"] == [value]
    values |= {"title": ["A practice of walruses"], "slug": ["a-practice-of-walruses"], "summary": [factories.SUMMARY]}
    values |= {"dimensions": [str(kb.Dimension.objects.first().pk)], "topics": [str(kb.Topic.objects.first().pk)]}
    values |= {"kind": [str(kb.Kind.objects.first().pk)], "level": [str(kb.Level.objects.first().pk)]}
    response = curator_client.post(url, values)
    assert response.status_code == 302, errors(response)
    practice = kb.Practice.objects.get(slug="a-practice-of-walruses")
    assert practice.citation_links.get().citation == section.citations.get()
    again = fields_of(curator_client, f"{admin_url('change', practice)}?cite={value}", "practice_form")
    assert again["citation_links-TOTAL_FORMS"] == ["1"]  # it is cited already


def test_one_passage_supports_many_things_and_is_one_citation(curator_client: Client, section: kb.Section) -> None:
    practice = factories.make_practice(state="draft")
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice))
    value = ask(curator_client, section).context["value"]
    for supports in ("record", "years"):
        add_row(values, "citation_links", citation=value, supports=supports)
    add_row(values, "outcomes", kind="result", statement="Ten came.", citations=[value])
    add_row(values, "outcomes", kind="limit", statement="Few stayed.", citations_lines=line(section))
    response = curator_client.post(url, values)
    assert response.status_code == 302, errors(response)
    citation = section.citations.get()
    assert practice.citation_links.filter(citation=citation).count() == 2
    assert [outcome.citations.get() for outcome in practice.outcomes.all()] == [citation, citation]


@pytest.mark.parametrize("model", OF_RECORDS, ids=lambda model: model.__name__)
def test_a_record_is_opened_with_a_passage(
    curator_client: Client, section: kb.Section, model: type[kb.Curated]
) -> None:
    record, citation = make(model), factories.make_citation()
    own = [str(pk) for pk in record.citations.values_list("pk", flat=True)]
    for value in (passage_value(citation), ask(curator_client, section).context["value"]):
        values = fields_of(curator_client, f"{admin_url('change', record)}?cite={value}", form_of(record))
        assert values["citations"] == [*own, value]
    place = place_value(section, 3)
    values = fields_of(curator_client, f"{admin_url('add', model)}?cite={place}", form_of(model))
    assert values["citations_lines"] == [f"{section.source.slug} | 1 | 3 | "]


def test_an_address_that_names_no_passage_opens_the_form_as_it_is(curator_client: Client) -> None:
    for value in ("x", "9" * 30, "0-1", "1-1-" + "f" * 64 + "-99", "99999-1-" + "f" * 64 + "-10"):
        assert curator_client.get(admin_url("add", kb.Concept), {"cite": value}).status_code == 200, value
    assert curator_client.get(admin_url("add", kb.Practice), {"cite": "0-1"}).status_code == 200


def test_every_field_of_citations_in_the_admin_is_a_cite_box() -> None:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    boxes = 0
    for site in admin.site._registry.values():
        for owner in (site, *(inline(site.model, admin.site) for inline in getattr(site, "inlines", ()))):
            for field in (*owner.model._meta.fields, *owner.model._meta.many_to_many):
                if field.related_model is kb.Citation:
                    assert isinstance(owner.formfield_for_dbfield(field, request), CitesMixin), field
                    boxes += 1
    assert boxes == 7
