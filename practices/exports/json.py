"""JSON: one page of a result, with the reasons why each practice is in it, and the counts of every filter."""

import json

from django.core.serializers.json import DjangoJSONEncoder

from practices.search.results import Results, described


def results_page(results: Results, number: str | None) -> str:
    """Return a page of a result by its number; the first or last one where there is no such page."""
    page = results.page(number)
    data = {
        "query": results.query.text,
        "count": results.count,
        "full": results.full,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "corrections": results.corrections,
        "results": [described(hit) for hit in results.hits(page)],
        "facets": {facet.name: facet.counts for facet in results.facets},
    }
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
