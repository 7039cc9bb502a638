"""The matrix: a result crossed by two filters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.matrix import Matrix
from practices.search.request import SearchRequest


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix that the query string asks for; what it asks for wrongly is ignored."""
    return render(request, "matrix/matrix.html", {"matrix": Matrix(SearchRequest(request.GET))})
