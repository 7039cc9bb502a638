"""The desk: searches of readers that found nothing, or not what they looked for."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from practices.admin.desk.lines import MOST, Button, DeskLine, DeskSection, joined, list_url
from practices.admin.desk.records import may_see
from practices.admin.upkeep import FROM_DESK, synonym_url
from practices.models import SearchMiss


def not_found(request: HttpRequest) -> DeskSection | None:
    """Searches that found nothing, or after which readers tried other words."""
    if not may_see(request, SearchMiss):
        return None
    misses = SearchMiss.objects.filter(is_dismissed=False)
    shown = list(misses[: MOST + 1])
    url = list_url(SearchMiss, is_dismissed__exact="0")
    more = [DeskLine(_("All of them"), url, misses.count())] if len(shown) > MOST else []
    note = "" if shown else _("Counted by the operator's timer, from a log without persons, where it is turned on.")
    lines = [_miss_line(miss) for miss in shown[:MOST]]
    return DeskSection("not-found", _("Searched without success"), [*lines, *more], note, _("No search to look at."))


def _miss_line(miss: SearchMiss) -> DeskLine:
    nothing = _("nothing found %(times)s times") % {"times": miss.found_nothing} if miss.found_nothing else ""
    tried = _("other words tried %(times)s times") % {"times": miss.retyped} if miss.retyped else ""
    instead = _("such as “%(words)s”") % {"words": miss.retyped_as} if miss.retyped_as else ""
    values = {"action": "dismiss", "_selected_action": str(miss.pk), FROM_DESK: "yes"}
    return DeskLine(
        f"“{miss.query}”",
        reverse("practice_list") + "?" + urlencode({"q": miss.query}),
        detail=joined(nothing, tried, instead),
        links=((_("Make a synonym"), synonym_url(miss)),),
        buttons=(Button(_("Dismiss"), list_url(SearchMiss), values),),
    )
