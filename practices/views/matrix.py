"""The matrix: a result crossed by two filters, as a page and as CSV."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.exports.csv import CONTENT_TYPE
from practices.exports.matrix import as_csv
from practices.pages.matrix import Matrix
from practices.search.request import SearchRequest
from practices.views.exports import as_file


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix that the query string asks for; what it asks for wrongly is ignored."""
    made = Matrix(SearchRequest(request.GET))
    page = made.page(request.GET.get("page"))
    return render(request, "matrix/matrix.html", {"matrix": made, "page": page, "lines": made.lines(page)})


@require_safe
def matrix_csv(request: HttpRequest) -> HttpResponse:
    """Answer the same query string as CSV, with every row and column."""
    made = Matrix(SearchRequest(request.GET))
    response = HttpResponse("".join(as_csv(made)), content_type=CONTENT_TYPE)
    return as_file(response, f"matrix-{made.row_name}-{made.column_name}.csv")
