"""The desk: what waits for the person, for review, and for an answer to readers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Case, When
from django.http import HttpRequest
from django.utils.translation import gettext as _

from practices.admin.desk.lines import MOST, Button, DeskLine, DeskSection, joined, list_url, page_url
from practices.admin.desk.records import KINDS, all_line, kinds_seen, may_see, more_lines, record_lines, records_seen
from practices.admin.lists.assigning import NOBODY
from practices.admin.lists.lacks import made_by
from practices.admin.upkeep import FROM_DESK
from practices.curation.changes.comments import unseen_by
from practices.models import Assignment, Comment, Curated, ReaderSuggestion, State, SuggestionState

#: of what somebody says, how many characters a line shows
MOST_LETTERS = 200


def for_me(request: HttpRequest) -> DeskSection | None:
    """What was sent back to somebody or assigned to them, and what they began and have not sent on."""
    models = kinds_seen(request)
    if not models:
        return None
    mine = [made_by(request.user, records_seen(request, model)) for model in models]
    back = [records.filter(state=State.CHANGES_REQUESTED) for records in mine]
    drafts = [records.filter(state=State.DRAFT) for records in mine]
    returned = [replace(line, detail=joined(_("sent back to you"), line.detail)) for line in record_lines(back)]
    begun = record_lines(drafts)
    more = more_lines(drafts, begun, state=State.DRAFT, mine="yes")
    lines = [*returned, *_word_to(request), *_assigned_to(request), *begun, *more]
    return DeskSection("for-me", _("For you"), lines, nothing=_("Nothing waits for you."))


def _word_to(request: HttpRequest) -> list[DeskLine]:
    """Return what other curators said to whoever asks, of records that they have not opened since."""
    comments = list(unseen_by(request.user)[:MOST])
    records = _latest(request, comments)
    return [
        DeskLine(
            f"{comment.ref} {records[comment.model, comment.ref]}",
            page_url(comment.model, records[comment.model, comment.ref].pk, "review"),
            detail=joined(
                comment.get_decision_display(), comment.author, naturaltime(comment.at), comment.text[:MOST_LETTERS]
            ),
        )
        for comment in comments
        if (comment.model, comment.ref) in records
    ]


def _assigned_to(request: HttpRequest) -> list[DeskLine]:
    """Return the records that are assigned to whoever asks, the last first, with a button that says they are done."""
    user = cast(User, request.user)
    assigned = list(user.assignments.select_related("by")[: MOST + 1])
    records = _latest(request, assigned[:MOST])
    lines = [
        _assigned_line(assignment, records[assignment.model, assignment.ref])
        for assignment in assigned[:MOST]
        if (assignment.model, assignment.ref) in records
    ]
    kinds = Counter(user.assignments.order_by().values_list("model", flat=True)) if len(assigned) > MOST else {}
    return [*lines, *(all_line(KINDS[kind], number, assigned="me") for kind, number in sorted(kinds.items()))]


def _assigned_line(assignment: Assignment, record: Curated) -> DeskLine:
    by = _("assigned to you by %(user)s") % {"user": assignment.by or "–"}
    done = {
        "action": "assign",
        "_selected_action": str(record.draft_of_id or record.pk),
        "to": NOBODY,
        FROM_DESK: "yes",
    }
    return DeskLine(
        f"{record.ref} {record}",
        page_url(assignment.model, record.pk),
        detail=joined(by, naturaltime(assignment.at)),
        buttons=(Button(_("Done"), list_url(KINDS[assignment.model]), done),),
    )


def _latest(request: HttpRequest, noted: Iterable[Comment | Assignment]) -> dict[tuple[str, str], Curated]:
    """Return the records of some comments or assignments by kind and ref, a pending edit where there is one."""
    refs: dict[str, set[str]] = {}
    for note in noted:
        refs.setdefault(note.model, set()).add(note.ref)
    return {
        (kind, record.ref): record
        for kind in refs
        for record in records_seen(request, KINDS[kind]).filter(ref__in=refs[kind]).order_by("pk")
    }


def for_review(request: HttpRequest) -> DeskSection | None:
    """What waits for review, the longest first."""
    models = kinds_seen(request)
    if not models:
        return None
    waiting = [records_seen(request, model).filter(state=State.IN_REVIEW) for model in models]
    lines = record_lines(waiting, "review", latest=False)
    drafts = more_lines([records.filter(draft_of=None) for records in waiting], lines, state=State.IN_REVIEW)
    edits = more_lines([records.exclude(draft_of=None) for records in waiting], lines, edit=State.IN_REVIEW)
    more = [*drafts, *(replace(line, detail=_("pending edits")) for line in edits)]
    return DeskSection("for-review", _("Waiting for review"), [*lines, *more], nothing=_("Nothing waits for review."))


def from_readers(request: HttpRequest) -> DeskSection | None:
    """What readers suggest and nobody has answered, first what is assigned to the person, then the oldest."""
    if not may_see(request, ReaderSuggestion):
        return None
    waiting = ReaderSuggestion.objects.waiting()
    mine = Case(When(assigned_to=cast(User, request.user), then=0), default=1)
    shown = list(waiting.select_related("assigned_to").order_by(mine, "created")[: MOST + 1])
    url = list_url(ReaderSuggestion, state__in=f"{SuggestionState.NEW},{SuggestionState.ASSIGNED}")
    more = [DeskLine(_("All of them"), url, waiting.count())] if len(shown) > MOST else []
    lines = [_suggestion_line(suggestion) for suggestion in shown[:MOST]]
    return DeskSection("from-readers", _("From readers"), [*lines, *more], nothing=_("No reader waits for an answer."))


def _suggestion_line(suggestion: ReaderSuggestion) -> DeskLine:
    url = page_url("readersuggestion", suggestion.pk)
    assigned = _("assigned to %(user)s") % {"user": suggestion.assigned_to} if suggestion.assigned_to else ""
    about = [str(suggestion.get_kind_display()), str(naturaltime(suggestion.created)), assigned]
    return DeskLine(str(suggestion), url, detail=joined(*about))
