"""Lock-outs: after too many wrong passwords an account is locked for an address, until when is said."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


def locked_out(request: Any, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """Answer whoever is locked out: until when, and what they can do."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    attempts = AccessAttempt.objects.filter(username=username, ip_address=request.META.get("REMOTE_ADDR"))
    until = locked_until(attempts, request) or timezone.now()
    answer = render(request, "errors/locked.html", {"until": until}, status=429)
    answer.headers["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds())))
    return answer


def locked_until(attempts: Iterable[AccessAttempt], request: HttpRequest | None = None) -> datetime | None:
    """Return when an account is no longer locked by these attempts, which are of one account and address; or None."""
    cool_off, limit = get_cool_off(request), get_failure_limit(request, {})
    now = timezone.now()
    counted = sorted((a for a in attempts if a.attempt_time + cool_off > now), key=lambda a: a.attempt_time)
    left = sum(attempt.failures_since_start for attempt in counted)
    until = None
    for attempt in counted:
        if left < limit:
            break
        until = attempt.attempt_time + cool_off
        left -= attempt.failures_since_start
    return until


def is_locked(user: User) -> bool:
    """Whether an account is locked for any address."""
    by_address: dict[str, list[AccessAttempt]] = {}
    for attempt in AccessAttempt.objects.filter(username=user.get_username()):
        by_address.setdefault(attempt.ip_address, []).append(attempt)
    return any(locked_until(attempts) for attempts in by_address.values())


def unlock(user: User) -> None:
    """Let an account log in again from every address."""
    reset(username=user.get_username())
