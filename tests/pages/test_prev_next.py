"""Before and after a record: in its vocabulary, and in the search from which a reader came."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.http import urlencode

from practices import models as kb
from practices.pages.prev_next import in_countries, in_names, in_search, in_vocabulary, origin
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests.test_injection import PAYLOADS

pytestmark = pytest.mark.django_db

SEARCHES = [
    "country=PT",
    "q=women",
    "dimension=legal&sort=newest",
    "role=ngo&function=lead",
    "q=langauge&topic=language",
]


def keys_of(query: str) -> list[int]:
    results = Results(SearchRequest(QueryDict(query)))
    return results.ordered(0, results.count)


@pytest.mark.parametrize("query", SEARCHES)
def test_from_the_first_result_next_leads_through_all_of_them_in_their_order(query: str) -> None:
    keys = keys_of(query)
    for place, key in enumerate(keys[:12]):
        beside = in_search(kb.Practice.objects.get(pk=key), query)
        assert beside is not None
        assert (beside.position, beside.total) == (place + 1, len(keys))
        for there, neighbour in ((place - 1, beside.previous), (place + 1, beside.next)):
            if 0 <= there < len(keys):
                other = kb.Practice.objects.get(pk=keys[there])
                assert neighbour is not None
                assert neighbour.url.startswith(other.get_absolute_url() + "?from=")
            else:
                assert neighbour is None


def test_a_search_is_carried_as_it_is_understood() -> None:
    assert origin(SearchRequest(QueryDict("country=PT&q=old+age&bad=1"))) == "?from=q%3Dold%2Bage%26country%3DPT"
    assert origin(SearchRequest(QueryDict(""))) == ""


def test_a_practice_that_the_search_does_not_find_leads_back_and_nowhere_else() -> None:
    practice = kb.Practice.objects.published().exclude(pk__in=keys_of("country=PT")).first()
    beside = in_search(practice, "country=PT")
    assert beside is not None
    assert (beside.previous, beside.next, beside.position) == (None, None, 0)
    assert beside.back == "/practices/?country=PT"


def test_without_a_search_there_are_no_neighbours_of_a_practice(client: Client) -> None:
    practice = kb.Practice.objects.published().first()
    assert in_search(practice, "") is None
    assert in_search(practice, "no=such&parameter=1") is None
    assert "neighbours" not in client.get(practice.get_absolute_url()).content.decode()


def test_nothing_in_from_is_an_error(client: Client) -> None:
    url = kb.Practice.objects.get(slug="corte-ingles-arrival-training").get_absolute_url()
    many = "&".join(f"country=P{n}" for n in range(2000))
    for payload in [
        *PAYLOADS,
        "q=%00",
        "q=%ff",
        "%",
        "=&=&",
        "a" * 5000,
        many,
        "//evil.example",
        "javascript:alert(1)",
    ]:
        response = client.get(f"{url}?{urlencode({'from': payload})}")
        assert response.status_code == 200, payload
        assert "evil.example" not in response.content.decode().partition("<body>")[2], payload


def test_the_address_of_a_practice_stays_one(client: Client) -> None:
    url = kb.Practice.objects.get(slug="corte-ingles-arrival-training").get_absolute_url()
    plain = f'<link rel="canonical" href="https://testserver{url}">'
    for address in (url, f"{url}?from=country%3DES", f"{url}?from=%22%3E%3Cscript%3E"):
        assert plain in client.get(address).content.decode(), address


def test_what_changes_a_page_stays_in_its_address(client: Client) -> None:
    assert 'href="https://testserver/stakeholders/?page=2"' in client.get("/stakeholders/?page=2").content.decode()


@pytest.mark.parametrize("model", [kb.Dimension, kb.StakeholderRole, kb.Topic, kb.TargetGroup])
def test_next_leads_through_a_whole_vocabulary(model: type[kb.Term]) -> None:
    term = next(first for first in model.objects.all() if in_vocabulary(first).previous is None)
    seen = [term]
    while following := in_vocabulary(seen[-1]).next:
        seen.append(model.objects.get(code=following.url.rstrip("/").rpartition("/")[2]))
    assert len(seen) == model.objects.count() == len(set(seen))


def test_a_country_that_no_practice_names_has_no_neighbours() -> None:
    assert in_countries(kb.Country.objects.get(alpha2="FJ")).next is None
    portugal = in_countries(kb.Country.objects.get(alpha2="PT"))
    assert portugal.previous is not None
    assert portugal.previous.label == "Poland"


def test_a_record_that_is_not_in_the_list_has_no_neighbours() -> None:
    beside = in_names("source", [("one", "One"), ("two", "Two")], "three")
    assert (beside.previous, beside.next, beside.position) == (None, None, 0)
