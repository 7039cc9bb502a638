"""The desk: pairs of records that look like one."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from practices.admin.desk.lines import MOST, DeskLine, DeskSection, page_url
from practices.admin.desk.records import KINDS, all_line, kinds_seen
from practices.models import RecordIssue

#: the gate that finds them
DUPLICATES = "duplicates"


def maybe_twice(request: HttpRequest) -> DeskSection | None:
    """Pairs of records that look like one."""
    kinds = [str(model._meta.model_name) for model in kinds_seen(request)]
    found = RecordIssue.objects.filter(gate=DUPLICATES, kind__in=kinds).order_by("kind", "pk")
    pairs = list(found[: MOST + 1])
    if not pairs:
        return None
    lines = [
        DeskLine(_("%(ref)s lacks %(missing)s") % {"ref": refs[pair.record], "missing": pair.missing}, url)
        for kind, refs in _refs(pairs[:MOST]).items()
        for pair in pairs[:MOST]
        if pair.kind == kind and pair.record in refs and (url := page_url(kind, pair.record))
    ]
    more = [all_line(KINDS[kind], lacks=DUPLICATES) for kind in dict.fromkeys(pair.kind for pair in pairs)]
    return DeskSection("maybe-twice", _("Perhaps there twice"), [*lines, *(more if len(pairs) > MOST else [])])


def _refs(pairs: list[RecordIssue]) -> dict[str, dict[int, str]]:
    """Return the refs of the records of some issues, by kind and key. One query a kind."""
    kinds = dict.fromkeys(pair.kind for pair in pairs)
    keys = {kind: [pair.record for pair in pairs if pair.kind == kind] for kind in kinds}
    return {kind: dict(KINDS[kind].objects.filter(pk__in=keys[kind]).values_list("pk", "ref")) for kind in kinds}
