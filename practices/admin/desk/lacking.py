"""The desk: what the public collection lacks, by gate, what of its sources nobody has read, and what is due."""

from collections.abc import Iterator

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.admin.desk.checks import checking
from practices.admin.desk.duplicates import DUPLICATES
from practices.admin.desk.lines import MOST, DeskLine, DeskSection, list_url
from practices.admin.desk.records import KINDS, counted, kinds_seen, may_see, name_of, records_seen
from practices.admin.lists.lacks import is_due
from practices.curation.quality import GATES
from practices.curation.quality.upkeep import last_check, records_lacking
from practices.models import ContentCheck, DataVersion, Source, State


def falls_short(request: HttpRequest) -> DeskSection | None:
    """What the gates found in what is public, each with the list of just those records."""
    if not kinds_seen(request):
        return None
    lacking = records_lacking()
    lines = [
        DeskLine(str(gate.title), count=sum(kinds.values()), links=tuple(_kind_links(request, gate.name, kinds)))
        for gate in GATES
        if (kinds := lacking.get(gate.name)) and gate.name not in DUPLICATES
    ]
    check = last_check()
    nothing = _("Nothing is lacking.") if check else _("What is lacking is not known yet.")
    shown = checking("content", _checked(check))
    return DeskSection("falls-short", _("Public, and lacking"), lines, nothing=nothing, **shown)


def _kind_links(request: HttpRequest, gate: str, kinds: dict[str, int]) -> Iterator[tuple[str, str]]:
    for kind, number in kinds.items():
        model = KINDS[kind]
        if may_see(request, model):
            name = model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural
            yield f"{number} {name}", list_url(model, lacks=gate)


def _checked(check: ContentCheck | None) -> str:
    """Say when the content was last checked, and whether anything public changed since."""
    if check is None:
        return _("The content was never checked.")
    since = DataVersion.current().number - check.version
    when = {"when": naturaltime(check.date)}
    if not since:
        return _("Checked %(when)s; nothing public has changed since.") % when
    changes = ngettext("%(n)s change of what is public since.", "%(n)s changes of what is public since.", since)
    return f"{_('Checked %(when)s;') % when} {changes % {'n': since}}"


def read_so_far(request: HttpRequest) -> DeskSection | None:
    """How much of each public source was read by the last check, those of which most is left first. Two queries."""
    check = last_check()
    if check is None or not may_see(request, Source):
        return None
    sources = records_seen(request, Source).filter(state=State.PUBLISHED).in_bulk(check.coverage)
    left = [
        (sources[int(key)], paragraphs, used)
        for key, (paragraphs, used) in check.coverage.items()
        if used < paragraphs and int(key) in sources
    ]
    left.sort(key=lambda read: read[2] - read[1])
    lines = [
        DeskLine(
            str(source),
            reverse("admin:practices_source_paragraphs", args=[source.pk]),
            paragraphs - used,
            _("of %(paragraphs)s paragraphs are left, %(used)s used or noted")
            % {"paragraphs": paragraphs, "used": used},
        )
        for source, paragraphs, used in left[:MOST]
    ]
    more = [DeskLine(_("All sources"), list_url(Source))] if len(left) > MOST else []
    nothing = _("Every paragraph of every public source is used or noted.")
    return DeskSection("read-so-far", _("Not read yet"), [*lines, *more], nothing=nothing)


def due(request: HttpRequest) -> DeskSection | None:
    """Public records that nobody has reviewed for two years, by kind. One query."""
    models = kinds_seen(request)
    if not models:
        return None
    numbers = counted(records_seen(request, model).filter(is_due()) for model in models)
    lines = [DeskLine(name_of(KINDS[kind]), list_url(KINDS[kind], due="yes"), number) for kind, number in numbers]
    note = _("Public records that nobody has reviewed for two years, or ever.")
    return DeskSection(
        "due", _("Due for review"), sorted(lines, key=lambda line: line.label), note, _("Nothing is due.")
    )
