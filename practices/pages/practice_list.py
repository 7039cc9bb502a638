"""The searchable list of practices as its page shows it."""

from dataclasses import dataclass

from django.core.paginator import Page
from django.http import QueryDict

from practices.pages.map import World, of_results
from practices.search.request import SearchRequest
from practices.search.results import Hit, Results


@dataclass(frozen=True)
class PracticeListPage:
    """A page of a result; `world` is the map of the whole result, where it is asked for."""

    search: SearchRequest
    results: Results
    page: Page[int]
    hits: list[Hit]
    world: World | None


def practice_list_page(data: QueryDict) -> PracticeListPage:
    """Return the page that a query string asks for; what it asks for wrongly is ignored. At most eight queries."""
    search = SearchRequest(data)
    results = Results(search)
    page = results.page(data.get("page"))
    world = of_results(results) if search.display.view == "map" else None
    return PracticeListPage(search, results, page, results.hits(page), world)
