"""Acts on several records of a list: asked first where readers see a change, bounded, all or none, and undone."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.form.refusals import violation
from practices.admin.operation import address_of
from practices.curation.changes import review, workflow
from practices.curation.dependants import public_dependants
from practices.curation.operations import recorded
from practices.curation.roles import PUBLIC, UNSENT, Act, may
from practices.models import Curated, Operation, OperationKind, State

#: how many records a page lists before it says how many more there are
LISTED = 50
#: a step of the workflow, which returns how many records took it
Step = Callable[[Iterable[Curated]], int]

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True)
class Listed(Generic[T]):
    """The first of some things, for a page, and how many more there are."""

    all: list[T]

    @property
    def first(self) -> list[T]:
        return self.all[:LISTED]

    @property
    def more(self) -> int:
        return len(self.all) - len(self.first)


@admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
def publish(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]) -> HttpResponse | None:
    """Publish the chosen records, once the curator has seen which are new to readers."""
    records = within_limit(model_admin, request, chosen)
    if records and "confirmed" not in request.POST:
        new = [record for record in records if not record.is_published]
        lacks = review.missing(new, request.user)
        return confirmation(model_admin, request, records, effect=_effect_of_publishing(len(new)), lacks=lacks)
    return act(model_admin, request, records, partial(review.publish_all, user=request.user), _published)


@admin.action(description=gettext_lazy("Withdraw from readers (archive)"), permissions=["withdraw"])
def withdraw(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]) -> HttpResponse | None:
    """Archive the chosen records, once the curator has seen what hangs on them."""
    return _take_away(model_admin, request, chosen, workflow.withdraw, _withdrawn)


@admin.action(description=gettext_lazy("Return to draft"), permissions=["change"])
def return_to_draft(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]
) -> HttpResponse | None:
    """Return the chosen records to draft; where readers see any, once the curator has seen what hangs on them."""
    return _take_away(model_admin, request, chosen, workflow.return_to_draft, _returned)


@admin.action(description=gettext_lazy("Send for review"), permissions=["view"])
def send_for_review(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]
) -> HttpResponse | None:
    """Send the chosen drafts to those who review."""
    reason = _("Nothing was sent: these are no drafts: %s.")
    records = _all_in(UNSENT, model_admin, request, chosen, reason)
    return act(model_admin, request, records, partial(review.send_all_for_review, user=request.user), _sent)


@admin.action(description=gettext_lazy("Reviewed today"), permissions=["publish"])
def note_review(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]) -> HttpResponse | None:
    """Note that somebody read the chosen records, which are public, through today: they are due later."""
    reason = _("Nothing was noted: only what is public falls due, and these are not: %s.")
    records = _all_in(PUBLIC, model_admin, request, chosen, reason)
    return act(model_admin, request, records, workflow.note_review, _reviewed)


def _all_in(
    states: Collection[State],
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    chosen: QuerySet[Curated],
    reason: str,
) -> list[Curated]:
    """Return the chosen records; none, and a message that names them, where any is in another state than these."""
    records = within_limit(model_admin, request, chosen)
    others = [str(record) for record in records if record.state not in states]
    if others:
        model_admin.message_user(request, reason % ", ".join(others[:LISTED]), messages.ERROR)
    return [] if others else records


def _take_away(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    chosen: QuerySet[Curated],
    step: Step,
    done: Callable[[int], str],
) -> HttpResponse | None:
    records = within_limit(model_admin, request, chosen)
    public = [record for record in records if record.is_published]
    if public and "confirmed" not in request.POST:
        effect = _effect_of_withdrawing(len(public), len(records))
        lacks, dependants = workflow.lost_without(records), Listed(public_dependants(records))
        return confirmation(model_admin, request, records, effect=effect, lacks=lacks, dependants=dependants)
    return act(model_admin, request, records, step, done)


def within_limit(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[ModelT]) -> list[ModelT]:
    """Return the chosen records; none, and a message, where they are more than one act may change."""
    number = chosen.count()
    if number <= settings.BULK_LIMIT:
        return list(chosen)
    model_admin.message_user(request, too_many(number), messages.ERROR)
    return []


def act(
    model_admin: admin.ModelAdmin, request: HttpRequest, records: list[Curated], step: Step, done: Callable[[int], str]
) -> HttpResponse | None:
    """Take records a step of the workflow, all or none, and say how many, with the way to undo it, or why none."""
    if not records:
        return None
    if refused := [record for record in records if not may(request.user, act_of(step, record), record)]:
        names = ", ".join(map(str, refused[:LISTED]))
        model_admin.message_user(request, _("Your role does not allow this for: %s.") % names, messages.ERROR)
        return None
    title = title_of(action_name(model_admin, request), records)
    try:
        with recorded(OperationKind.BULK, title, request.user) as recording:
            recording.watch(*records, parts=False)
            number = step(records)
    except workflow.NotReady as reason:
        model_admin.message_user(request, str(reason), messages.ERROR)
    except IntegrityError as error:
        model_admin.message_user(request, violation(error, [model_admin.model]), messages.ERROR)
    else:
        message = with_undo(done(number) % {"n": number}, recording.operation)
        model_admin.message_user(request, message, messages.SUCCESS)
    return None


def act_of(step: Step, record: Curated) -> Act:
    """Return what a step is to a record in the table of roles; to take back a draft that was sent is to edit it.

    Whoever may take records from readers may publish them.
    """
    taken_from_readers = step is workflow.withdraw or record.state in (State.PUBLISHED, State.ARCHIVED)
    return Act.WITHDRAW if taken_from_readers else Act.EDIT


def with_undo(message: str, operation: Operation | None) -> str:
    """Return a message with a link to where the operation that it tells of is undone."""
    if operation is None:
        return message
    return format_html('{} <a href="{}">{}</a>', message, address_of(operation), _("Undo…"))


def confirmation(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    records: Sequence[Model],
    *,
    lacks: dict[Curated, list[str]],
    **context: object,
) -> HttpResponse:
    """Return the page that asks before an act; where `lacks` says what public records would lack, that it cannot be."""
    action = request.POST["action"]
    context |= {
        **model_admin.admin_site.each_context(request),
        "title": _("Are you sure?"),
        "opts": model_admin.opts,
        "action": action,
        "action_name": action_name(model_admin, request),
        "records": Listed(list(records)),
        "lacks": Listed(list(lacks.items())),
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": model_admin.media,
    }
    return render(request, "admin/practices/confirmation.html", context)


def action_name(model_admin: admin.ModelAdmin, request: HttpRequest) -> str:
    """Return what the list calls the action that is asked for."""
    return str(dict(model_admin.get_action_choices(request))[request.POST["action"]])


def title_of(act: str, records: Sequence[Model]) -> str:
    """Return what an operation is called: the act, and the record or how many of them."""
    kind = records[0]._meta.verbose_name_plural
    return f"{act}: {records[0] if len(records) == 1 else f'{len(records)} {kind}'}"


def too_many(number: int) -> str:
    """Return why so many records are not changed at once."""
    reason = _("%(number)s records are chosen, and %(limit)s may be changed at once: narrow the list.")
    return reason % {"number": number, "limit": settings.BULK_LIMIT}


def _published(number: int) -> str:
    return ngettext("%(n)s record published.", "%(n)s records published.", number)


def _withdrawn(number: int) -> str:
    return ngettext("%(n)s record withdrawn.", "%(n)s records withdrawn.", number)


def _sent(number: int) -> str:
    return ngettext("%(n)s record sent for review.", "%(n)s records sent for review.", number)


def _reviewed(number: int) -> str:
    return ngettext("%(n)s record reviewed today.", "%(n)s records reviewed today.", number)


def _returned(number: int) -> str:
    return ngettext("%(n)s record is a draft again.", "%(n)s records are drafts again.", number)


def _effect_of_publishing(new: int) -> str:
    if not new:
        return _("Readers see all of it already: nothing changes.")
    return ngettext("Readers will see %(n)s record more.", "Readers will see %(n)s records more.", new) % {"n": new}


def _effect_of_withdrawing(public: int, number: int) -> str:
    if number == 1:
        return _("Readers see this record now. Afterwards its address answers that it was withdrawn.")
    words = ngettext(
        "Readers see %(n)s of them now. Afterwards its address answers that it was withdrawn.",
        "Readers see %(n)s of them now. Afterwards their addresses answer that they were withdrawn.",
        public,
    )
    return words % {"n": public}
