"""What the pages of records say: the answer first, figures with their searches, how old a statement is."""

import pytest
from django.test import Client

from practices import models as kb
from practices.curation import publishing
from practices.pages.finding import KINDS
from tests import factories

pytestmark = pytest.mark.django_db


def text(client: Client, url: str) -> str:
    """Return a page with its white space folded."""
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_front_page_offers_search_three_ways_in_figures_and_news(client: Client) -> None:
    html = text(client, "/")
    for part in ("home-search", "by-country", "by-role", "by-dimension", "figures", "latest"):
        assert f'id="{part}"' in html, part
    assert "For policy officers" in html
    assert "Data version" in html
    assert f"<strong>{kb.Practice.objects.published().count()}</strong> practices" in html


def test_the_findings_begin_with_every_kind_in_the_plural_and_lead_to_all_of_each(client: Client) -> None:
    html, public = text(client, "/findings/"), kb.Finding.objects.published()
    assert f'>All kinds</a> <span class="count">{public.count()}</span>' in html
    for kind in set(public.values_list("kind", flat=True)):
        assert f'<h2 id="{kind}">' in html, kind
    lessons = public.filter(kind="lesson").count()
    assert f">All {lessons} of this kind</a>" in html
    of_one = text(client, "/findings/?kind=lesson")
    assert f'Lessons <span class="count">{lessons}</span>' in of_one
    assert of_one.count("<h2") == 1
    for finding in public.filter(kind="lesson"):
        assert finding.get_absolute_url() in of_one


def test_every_kind_of_finding_has_a_plural() -> None:
    assert list(KINDS) == kb.FindingKind.values


def test_a_status_that_no_source_states_is_not_said_to_be_reported(client: Client) -> None:
    html = text(client, factories.make_practice(reported_status="not-stated", status_year=2010).get_absolute_url())
    assert "as reported in 2010, not checked since" not in html


def test_no_practices_are_a_number_and_no_link(client: Client) -> None:
    source = factories.make_source(title="Quokka report")
    assert "0 practices" in text(client, "/sources/")
    for url in ("/sources/", source.get_absolute_url()):
        assert f"source={source.slug}" not in text(client, url)


def test_a_section_leads_to_the_top_of_its_source_and_a_source_without_address_to_its_publisher(client: Client) -> None:
    source = factories.make_source(title="Quokka report", publisher="Numbat Press", place="Perth", isbn="978-0", url="")
    factories.make_citation(source)
    html = text(client, source.get_absolute_url())
    assert ">Top of Quokka report</a>" in html
    assert "Ask the publisher or a library for it: Numbat Press, Perth, ISBN 978-0" in html


def test_only_a_vocabulary_with_levels_speaks_of_broader_terms(client: Client) -> None:
    said = "a broader one counts those below it too"
    assert said not in text(client, "/dimensions/")
    assert said in text(client, "/topics/")


def test_robots_may_read_all_but_the_admin_and_forms(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.content == b"User-agent: *\nDisallow: /admin/\nDisallow: /suggest/\n"


def test_a_practice_says_who_says_so_and_that_nobody_looked_since(client: Client) -> None:
    practice = factories.make_practice(reported_status="running", status_year=2006)
    assert "Running as reported in 2006, not checked since." in text(client, practice.get_absolute_url())


def test_a_practice_whose_status_no_source_gives_says_that_it_is_not_known(client: Client) -> None:
    practice = factories.make_practice(reported_status="not-stated", status_year=2010)
    assert "Whether it runs today is not known." in text(client, practice.get_absolute_url())


def test_an_outcome_says_for_which_year_it_is_reported(client: Client) -> None:
    source = factories.make_source(reported_year=2011)
    practice = factories.make_practice()
    outcome = practice.outcomes.create(statement="Many came.")
    outcome.citations.add(factories.make_citation(source))
    practice.outcomes.create(position=2, statement="Few stayed.", kind="limit", as_of=2009)
    html = text(client, practice.get_absolute_url())
    assert "reported in 2011" in html
    assert "as of 2009" in html


@pytest.mark.parametrize("evidence", kb.Evidence.values)
def test_a_practice_says_what_its_evidence_label_means(client: Client, evidence: str) -> None:
    html = text(client, factories.make_practice(evidence=evidence).get_absolute_url())
    assert f"{kb.Evidence(evidence).label}</a>" in html
    assert 'class="meaning"' in html


def test_notes_stand_under_their_source_and_keep_their_numbers(client: Client) -> None:
    practice = factories.make_practice(citation=factories.make_citation(factories.make_source(year=2001, title="Old")))
    new = factories.make_citation(factories.make_source(year=2011, title="New"))
    kb.PracticeCitation.objects.create(practice=practice, position=2, citation=new)
    html = text(client, practice.get_absolute_url())
    assert '<ol start="1">' in html
    assert '<ol start="2">' in html
    assert html.index("<cite>Old</cite>") < html.index("<cite>New</cite>")


@pytest.mark.parametrize(
    "url", ["/roles/ngo/", "/dimensions/legal/", "/topics/language/", "/groups/women/", "/roles/civil-society/"]
)
def test_a_term_has_its_meaning_figures_tables_practices_and_neighbours(client: Client, url: str) -> None:
    html = text(client, url)
    for part in ('class="answer"', 'class="figures"', 'id="table-1"', 'id="practices"', 'id="often"', "neighbours"):
        assert part in html, part
    assert html.count('<article class="card">') <= 12


def test_a_role_is_told_to_readers_not_to_editors(client: Client) -> None:
    for role in kb.StakeholderRole.objects.all():
        assert "Use it" not in role.definition
        assert "choose" not in role.definition.lower()


def test_an_organisation_shows_at_most_twelve_practices_of_each_function(client: Client) -> None:
    actor = factories.make_stakeholder()
    for _ in range(13):
        factories.make_practice(involvements=(("ngo", "lead", actor),))
    publishing.reindexed()
    html = text(client, actor.get_absolute_url())
    assert html.count("Summary of practice") == 12
    assert "All 13 practices" in html


def test_a_concept_says_where_it_is_explained(client: Client) -> None:
    concept, citation = factories.make_concept(), factories.make_citation()
    concept.citations.add(citation)
    html = text(client, "/glossary/")
    assert f'Explained in: <a href="{citation.get_absolute_url()}">' in html


def test_a_concept_explained_only_in_a_hidden_report_does_not_name_it(client: Client) -> None:
    concept = factories.make_concept()
    concept.citations.add(factories.make_citation(factories.make_source(state="draft")))
    assert "First section" not in text(client, "/glossary/")


@pytest.mark.parametrize("page", ["countries/portugal/", "roles/ngo/"])
def test_a_country_and_a_role_can_be_taken_away_as_a_brief_and_a_table(client: Client, page: str) -> None:
    html = text(client, f"/{page}")
    asked = "country=PT" if "portugal" in page else "role=ngo"
    for path in ("/brief/", "/practices.csv"):
        assert f'href="{path}?{asked}"' in html
