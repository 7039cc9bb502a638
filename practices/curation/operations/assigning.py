"""Assigning records to a curator, many at once: one operation, word to the curator by mail, undone like any other."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.curation import mail
from practices.curation.changes.workflow import StepRefused
from practices.curation.operations import recorded
from practices.curation.roles import Act, Person, allowed
from practices.models import Assignment, Curated, Operation, OperationKind

#: how many records are named in a mail or a refusal
NAMED = 10


def assignments_of(model: type[Model], refs: Iterable[str]) -> QuerySet[Assignment]:
    """Return the assignments of records of a model."""
    return Assignment.objects.filter(model=model._meta.model_name, ref__in=list(refs))


def assigned_to(record: Curated) -> str:
    """Return the name of the curator who is to see to a record and its pending edit, "" where nobody is. One query."""
    return assignments_of(type(record), [record.ref]).values_list("to__username", flat=True).first() or ""


def assign(
    records: Sequence[Curated], to: User | None, title: str, by: Person, *, link: str = ""
) -> tuple[int, Operation | None]:
    """Assign records of one kind to a curator, or to nobody; returns how many were not so before, and the operation.

    A fixed number of queries. `link` is the address for the mail to the curator, which is sent once all is written.
    Raises StepRefused where the curator may not read one of them; nothing is changed then.
    """
    model = type(records[0])
    if to is not None:
        _refuse_unreadable(model, records, to)
    refs = {record.ref for record in records}
    with recorded(OperationKind.ASSIGNMENT, title, by) as recording:
        before = dict(assignments_of(model, refs).values_list("ref", "to"))
        changed = {ref for ref in refs if before.get(ref) != (to.pk if to else None)}
        existing = assignments_of(model, changed)
        recording.watch_rows(Assignment, "pk", existing.values_list("pk", flat=True))
        if to is None:
            existing.delete()
        else:
            existing.update(to=to, by=by, at=timezone.now())
            kind = str(model._meta.model_name)
            new = [Assignment(model=kind, ref=ref, to=to, by_id=by.pk) for ref in sorted(changed - before.keys())]
            recording.created(*Assignment.objects.bulk_create(new))
    if to is not None and changed and to != by:
        _tell(to, [record for record in records if record.ref in changed], by, link)
    return len(changed), recording.operation


def _refuse_unreadable(model: type[Curated], records: Sequence[Curated], to: User) -> None:
    keys = {record.pk for record in records}
    readable = set(allowed(to, Act.READ, model.objects.filter(pk__in=keys)).values_list("pk", flat=True))
    if unreadable := [record for record in records if record.pk not in readable]:
        values = {"user": to, "records": _names(unreadable)}
        raise StepRefused(_("Not assigned: %(user)s may not read %(records)s") % values)


def _tell(to: User, records: Sequence[Curated], by: Person, link: str) -> None:
    subject = ngettext("%(n)s record is assigned to you", "%(n)s records are assigned to you", len(records))
    paragraphs = _names(records), _("From: %(author)s") % {"author": by}, link
    transaction.on_commit(partial(mail.send, [to.email], subject % {"n": len(records)}, *paragraphs))


def _names(records: Sequence[Curated]) -> str:
    """Return the names of the first of some records, and how many more there are."""
    named = "; ".join(f"{record.ref} {record}" for record in records[:NAMED])
    more = len(records) - NAMED
    return _("%(named)s and %(more)s more.") % {"named": named, "more": more} if more > 0 else named
