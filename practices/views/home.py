"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.home import home_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show three ways in, what the collection holds, and what is new in it."""
    return render(request, "home/home.html", {"page": home_page()})
