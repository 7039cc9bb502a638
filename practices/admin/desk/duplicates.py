"""The desk: pairs of records that look like one, to be merged or told apart."""

from dataclasses import replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from practices.admin.desk.lines import MOST, Button, DeskLine, DeskSection, page_url
from practices.admin.desk.records import KINDS, admin_of, all_line, kinds_seen, records_seen
from practices.admin.merging import pair_address
from practices.models import Curated, RecordIssue

#: the gates that find them
DUPLICATES = ("duplicates", "same subject")


def maybe_twice(request: HttpRequest) -> DeskSection | None:
    """Pairs of records that look like one. Two queries, and one for each kind."""
    kinds = [str(model._meta.model_name) for model in kinds_seen(request)]
    warnings = RecordIssue.objects.filter(gate__in=DUPLICATES, kind__in=kinds).exclude(other=None)
    pairs = list(warnings.order_by("gate", "kind", "pk")[: MOST + 1])
    if not pairs:
        return None
    records = _records(request, pairs[:MOST])
    lines = [
        _pair_line(request, pair, records[pair.kind, pair.record])
        for pair in pairs[:MOST]
        if (pair.kind, pair.record) in records and (pair.kind, pair.other) in records
    ]
    listed = dict.fromkeys((pair.kind, pair.gate) for pair in pairs) if len(pairs) > MOST else ()
    more = [all_line(KINDS[kind], lacks=gate) for kind, gate in listed]
    return DeskSection("maybe-twice", _("Perhaps there twice"), [*lines, *more])


def _records(request: HttpRequest, pairs: list[RecordIssue]) -> dict[tuple[str, int | None], Curated]:
    """Return the records of some pairs that the person may see, by kind and key. One query a kind."""
    keys: dict[str, set[int | None]] = {}
    for pair in pairs:
        keys.setdefault(pair.kind, set()).update((pair.record, pair.other))
    return {
        (kind, key): record
        for kind in keys
        for key, record in records_seen(request, KINDS[kind]).in_bulk(keys[kind]).items()
    }


def _pair_line(request: HttpRequest, pair: RecordIssue, record: Curated) -> DeskLine:
    detail = _("lacks %(missing)s") % {"missing": pair.missing}
    line = DeskLine(f"{record.ref} {record}", page_url(pair.kind, pair.record), detail=detail)
    if not admin_of(type(record)).has_merge_permission(request, record):
        return line
    values = {"kind": pair.kind, "one": str(pair.record), "other": str(pair.other)}
    return replace(
        line,
        links=((_("Merge"), pair_address(type(record), pair.other, pair.record)),),
        buttons=(Button(_("Not the same"), reverse("admin:note_distinct"), values),),
    )
