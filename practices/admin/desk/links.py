"""The desk: addresses that records name and that did not answer."""

from datetime import datetime

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _

from practices.admin.desk.checks import checking
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
    last = LinkCheck.objects.aggregate(last=Max("checked"))["last"]
    status = checking("links", _asked(last)) if settings.KB_LINK_CHECK else {"note": _not_asked(last)}
    nothing = _("Every link that was asked answered.") if last else _("Whether links answer is not known.")
    return DeskSection("dead-links", _("Dead links"), [*lines, *more], nothing=nothing, **status)


def _asked(last: datetime | None) -> str:
    """Say when links were last asked, where that is turned on."""
    if last is None:
        return _("No link was asked yet. “Check now” asks all of them, which takes some minutes.")
    return _("Last asked %(when)s.") % {"when": naturaltime(last)}


def _not_asked(last: datetime | None) -> str:
    """Say why links are not asked, where that is not turned on."""
    if last is None:
        return _("This site asks no links: the operator can turn that on (KB_LINK_CHECK).")
    return _("Last asked %(when)s; the operator has turned that off since.") % {"when": naturaltime(last)}


def _day(date: datetime | None) -> str:
    return f"{date:%Y-%m-%d}" if date else ""
