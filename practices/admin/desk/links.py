"""The desk: addresses that records name and that did not answer."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from practices.admin.desk.lines import MOST, DeskLine, DeskSection, list_url
from practices.admin.desk.records import may_see
from practices.models import LinkCheck


def dead_links(request: HttpRequest) -> DeskSection | None:
    """Addresses that did not answer when they were last asked."""
    if not may_see(request, LinkCheck):
        return None
    dead = LinkCheck.objects.exclude(problem="")
    shown = list(dead[: MOST + 1])
    url = list_url(LinkCheck, problem__isempty="0")
    lines = [
        DeskLine(
            check.url, url, detail=_("%(problem)s since %(day)s") % {"problem": check.problem, "day": _day(check.since)}
        )
        for check in shown[:MOST]
    ]
    more = [DeskLine(_("All of them"), url, dead.count())] if len(shown) > MOST else []
    note = "" if settings.KB_LINK_CHECK else _("Links are not checked: the operator has not turned it on.")
    nothing = _("Every link that was checked answers.") if LinkCheck.objects.exists() else _("No link was checked yet.")
    return DeskSection("dead-links", _("Dead links"), [*lines, *more], note, nothing)


def _day(date: datetime | None) -> str:
    return f"{date:%Y-%m-%d}" if date else ""
