"""Pages for what went wrong. None of them needs the database, and none says what is inside."""

import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _answer(request: HttpRequest, template: str, status: int, *, sent: bool | None = None) -> HttpResponse:
    """Answer with a page, which says that nothing was saved where something was `sent`: by default by a POST."""
    sent = request.method == "POST" if sent is None else sent
    context = {"in_admin": request.path_info.startswith("/admin/"), "sent": sent}
    return render(request, template, context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _answer(request, "errors/404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 where the database did not answer in time."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _answer(request, "errors/500.html", 500)
    return _busy(request)


def _busy(request: HttpRequest, *, sent: bool | None = None) -> HttpResponse:
    response = _answer(request, "errors/503.html", 503, sent=sent)
    response.headers["Retry-After"] = "30"
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 503 where the database did not keep a session in time: Django says that it was interrupted.

    What was sent is saved then: the session comes last.
    """
    cause: BaseException | None = exception if isinstance(exception, SessionInterrupted) else None
    while cause and not isinstance(cause, OperationalError):
        cause = cause.__context__
    return _busy(request, sent=False) if cause else _answer(request, "errors/400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _answer(request, "errors/403.html", 403)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer 405, as after a log-in that leads back to where a button of a page was sent."""
    response = _answer(request, "errors/405.html", 405)
    response.headers["Allow"] = allowed
    return response


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without the token that proves where it comes from, mostly one that is too old."""
    return _answer(request, "errors/403_csrf.html", 403)
