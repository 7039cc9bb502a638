"""Briefs: two pages on a country, a role, a search or a list, for paper, as DOCX and as Markdown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.exports import docx, markdown
from practices.models import StakeholderRole
from practices.pages.brief.builder import make_brief
from practices.pages.brief.content import Brief
from practices.views.exports import as_file, file_name


@require_safe
def brief(request: HttpRequest) -> HttpResponse:
    """Show the brief that the query string asks for, as it will be on paper."""
    known = current().vocabularies
    context = {
        "brief": _made(request),
        "offered": known.named_countries,
        "roles": known.vocabulary(StakeholderRole),
    }
    return render(request, "brief/brief.html", context)


@require_safe
def brief_docx(request: HttpRequest) -> HttpResponse:
    """Answer the brief as a document of a word processor."""
    made = _made(request)
    response = HttpResponse(docx.write(made), content_type=docx.CONTENT_TYPE)
    return as_file(response, f"{file_name('brief', made.subject)}.docx")


@require_safe
def brief_markdown(request: HttpRequest) -> HttpResponse:
    """Answer the brief as Markdown."""
    made = _made(request)
    response = HttpResponse(markdown.write(made), content_type=markdown.CONTENT_TYPE)
    return as_file(response, f"{file_name('brief', made.subject)}.md")


def _made(request: HttpRequest) -> Brief:
    return make_brief(request.GET, site=request.build_absolute_uri("/").rstrip("/"))
