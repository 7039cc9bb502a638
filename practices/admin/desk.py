"""The desk: the admin's first page. What waits, what falls short, what was done lately; each line leads to its list.

To add a section: a function that returns it for a request, None where it has nothing for this person, and its line in
SECTIONS. A section asks a fixed number of queries and shows at most `MOST` lines of a kind.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.admin.lacks import is_due, made_by
from practices.admin.operation import address_of, undo_address
from practices.admin.upkeep import FROM_DESK, synonym_url
from practices.curation.comments import unseen_by
from practices.curation.quality import GATES
from practices.curation.roles import Act, may
from practices.curation.upkeep import last_check, records_lacking
from practices.models import (
    CURATED,
    VOCABULARIES,
    Comment,
    DataVersion,
    LinkCheck,
    Operation,
    Practice,
    ReaderSuggestion,
    RecordIssue,
    SearchMiss,
    Source,
    State,
    SuggestionState,
)

#: how many lines of a kind a section shows
MOST = 8
#: of what somebody says, how many characters a line shows
MOST_LETTERS = 200
KINDS: dict[str, Any] = {str(model._meta.model_name): model for model in (*CURATED, *VOCABULARIES)}


@dataclass(frozen=True)
class Button:
    """A button: where its form is sent, and with what."""

    label: str
    url: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeskLine:
    """One line of a section; `links` are (label, address) of what can be done with it."""

    label: str
    url: str = ""
    count: int | None = None
    detail: str = ""
    links: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class DeskSection:
    """A section of the desk. `name` is its place on the page, `note` says how old it is or how it comes about."""

    name: str
    title: str
    lines: list[DeskLine]
    note: str = ""
    #: what is said where there is no line
    nothing: str = ""
    buttons: tuple[Button, ...] = ()


def sections(request: HttpRequest) -> list[DeskSection]:
    """Return the sections of the desk that are for whoever asks."""
    made = (make(request) for make in SECTIONS)
    return [section for section in made if section is not None]


def ways_in(request: HttpRequest) -> list[tuple[str, str]]:
    """Return (label, address) of the ways to add something that are open to whoever asks."""
    added = [(model, _("Add %(kind)s") % {"kind": model._meta.verbose_name}) for model in (Practice, Source)]
    ways = [
        (label, reverse(f"admin:practices_{model._meta.model_name}_add"))
        for model, label in added
        if _admin_of(model).has_add_permission(request)
    ]
    return [*ways, (_("Import or export records"), reverse("admin:import"))] if may(request.user, Act.IMPORT) else ways


# What a person may see


def _admin_of(model: Any) -> Any:
    return admin.site._registry[model]


def _may_see(request: HttpRequest, model: Any) -> bool:
    return bool(_admin_of(model).has_view_or_change_permission(request))


def _records(request: HttpRequest, model: Any) -> QuerySet[Any]:
    """Return the records of a model that the person may see."""
    return cast(QuerySet[Any], _admin_of(model).get_queryset(request).order_by())


def _seen(request: HttpRequest) -> list[Any]:
    return [model for model in CURATED if _may_see(request, model)]


def _list_url(model: Any, **values: str) -> str:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{urlencode(values)}" if values else url


def _url(kind: str, key: int, page: str = "change") -> str:
    return reverse(f"admin:practices_{kind}_{page}", args=[key])


def _union(querysets: Iterable[QuerySet[Any, Any]]) -> QuerySet[Any, Any] | None:
    """Return the rows of several queries as one; None where there is none."""
    queries = list(querysets)
    return queries[0].union(*queries[1:], all=True) if queries else None


def _named(records: QuerySet[Any]) -> QuerySet[Any, Any]:
    """Return (when changed, kind, key, ref, name, key of a pending edit's original) of some records, for a union."""
    model: Any = records.model
    named = records.annotate(at=F("modified"), of=Value(model._meta.model_name), called=F(model.name_field))
    return named.values_list("at", "of", "pk", "ref", "called", "draft_of_id")


def _record_lines(querysets: list[QuerySet[Any]], page: str = "change", *, latest: bool = True) -> list[DeskLine]:
    """Return a line for each of the last changed records of several queries, or of the first changed. One query."""
    rows = _union(map(_named, querysets))
    if rows is None:
        return []
    return [
        DeskLine(f"{ref} {name}", _url(kind, key, page), detail=_joined(_kind(kind, original), naturaltime(date)))
        for date, kind, key, ref, name, original in rows.order_by("-at" if latest else "at")[:MOST]
    ]


def _kind(kind: str, original: int | None) -> str:
    """Return what a record is, in words: "practice", or, of a pending edit, "edit of a public practice"."""
    name = str(KINDS[kind]._meta.verbose_name)
    return name if original is None else _("edit of a public %(kind)s") % {"kind": name}


def _more_lines(querysets: list[QuerySet[Any]], shown: list[DeskLine], **values: str) -> list[DeskLine]:
    """Return a line for each kind with its number, where there are more records than are shown. One query at most."""
    if len(shown) < MOST:
        return []
    counted = _counted(querysets)
    return [
        DeskLine(
            _("All %(kind)s") % {"kind": KINDS[kind]._meta.verbose_name_plural}, _list_url(KINDS[kind], **values), n
        )
        for kind, n in counted
    ]


def _counted(querysets: Iterable[QuerySet[Any]], **more: Q) -> list[tuple[Any, ...]]:
    """Return (kind, number, numbers that meet `more`) of each kind of which there are records. One query at most."""
    counts = {"number": Count("pk"), **{name: Count("pk", filter=condition) for name, condition in more.items()}}
    rows = _union(
        records.annotate(of=Value(records.model._meta.model_name))
        .values("of")
        .annotate(**counts)
        .values_list("of", *counts)
        for records in querysets
    )
    return [row for row in rows or () if row[1]]


# Sections


def for_me(request: HttpRequest) -> DeskSection | None:
    """What somebody began and has not sent on, and what was sent back."""
    models = _seen(request)
    if not models:
        return None
    mine = [made_by(request.user, _records(request, model)) for model in models]
    back = [records.filter(state=State.CHANGES_REQUESTED) for records in mine]
    drafts = [records.filter(state=State.DRAFT) for records in mine]
    returned = [replace(line, detail=_joined(_("sent back to you"), line.detail)) for line in _record_lines(back)]
    begun = _record_lines(drafts)
    more = _more_lines(drafts, begun, state=State.DRAFT, mine="yes")
    lines = [*returned, *_word_to(request), *begun, *more]
    return DeskSection("for-me", _("For you"), lines, nothing=_("Nothing waits for you."))


def _word_to(request: HttpRequest) -> list[DeskLine]:
    """Return what other curators said to whoever asks, of records that they have not opened since."""
    comments = list(unseen_by(request.user)[:MOST])
    keys = _latest_keys(request, comments)
    return [
        DeskLine(
            _("%(ref)s: %(decision)s") % {"ref": comment.ref, "decision": comment.get_decision_display()},
            _url(comment.model, keys[comment.model, comment.ref]),
            detail=_joined(comment.author, naturaltime(comment.at), comment.text[:MOST_LETTERS]),
        )
        for comment in comments
        if (comment.model, comment.ref) in keys
    ]


def _latest_keys(request: HttpRequest, comments: Iterable[Comment]) -> dict[tuple[str, str], int]:
    """Return by kind and ref the keys of the records of some comments, of a pending edit where there is one."""
    refs: dict[str, set[str]] = {}
    for comment in comments:
        refs.setdefault(comment.model, set()).add(comment.ref)
    return {
        (kind, ref): key
        for kind in refs
        for key, ref in _records(request, KINDS[kind])
        .filter(ref__in=refs[kind])
        .order_by("pk")
        .values_list("pk", "ref")
    }


def for_review(request: HttpRequest) -> DeskSection | None:
    """What waits for review, the longest first."""
    models = _seen(request)
    if not models:
        return None
    waiting = [_records(request, model).filter(state=State.IN_REVIEW) for model in models]
    lines = _record_lines(waiting, "review", latest=False)
    more = _more_lines(waiting, lines, state=State.IN_REVIEW)
    return DeskSection("for-review", _("Waiting for review"), [*lines, *more], nothing=_("Nothing waits for review."))


def from_readers(request: HttpRequest) -> DeskSection | None:
    """What readers suggest and nobody has answered, first what is assigned to the person, then the oldest."""
    if not _may_see(request, ReaderSuggestion):
        return None
    waiting = ReaderSuggestion.objects.waiting()
    mine = Case(When(assigned_to=cast(User, request.user), then=0), default=1)
    shown = list(waiting.select_related("assigned_to").order_by(mine, "created")[: MOST + 1])
    url = _list_url(ReaderSuggestion, state__in=f"{SuggestionState.NEW},{SuggestionState.ASSIGNED}")
    more = [DeskLine(_("All of them"), url, waiting.count())] if len(shown) > MOST else []
    lines = [_suggestion_line(suggestion) for suggestion in shown[:MOST]]
    return DeskSection("from-readers", _("From readers"), [*lines, *more], nothing=_("No reader waits for an answer."))


def _suggestion_line(suggestion: ReaderSuggestion) -> DeskLine:
    url = _url("readersuggestion", suggestion.pk)
    assigned = _("assigned to %(user)s") % {"user": suggestion.assigned_to} if suggestion.assigned_to else ""
    about = [str(suggestion.get_kind_display()), str(naturaltime(suggestion.created)), assigned]
    return DeskLine(str(suggestion), url, detail=_joined(*about))


def falls_short(request: HttpRequest) -> DeskSection | None:
    """What the gates found in what is public, each with the list of just those records."""
    if not _seen(request):
        return None
    lacking = records_lacking()
    lines = [
        DeskLine(str(gate.title), count=sum(kinds.values()), links=tuple(_kind_links(request, gate.name, kinds)))
        for gate in GATES
        if (kinds := lacking.get(gate.name)) and gate.name != DUPLICATES
    ]
    again = Button(_("Check again"), reverse("admin:check_content"))
    nothing = _("Nothing is lacking.") if last_check() else _("What is lacking is not known yet.")
    return DeskSection("falls-short", _("Public, and lacking"), lines, _checked(), nothing, (again,))


def _kind_links(request: HttpRequest, gate: str, kinds: dict[str, int]) -> Iterator[tuple[str, str]]:
    for kind, number in kinds.items():
        model = KINDS[kind]
        if _may_see(request, model):
            name = model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural
            yield f"{number} {name}", _list_url(model, lacks=gate)


def _checked() -> str:
    """Say when the content was last checked, and whether anything public changed since."""
    check = last_check()
    if check is None:
        return _("The content was never checked.")
    since = DataVersion.current().number - check.version
    when = {"when": naturaltime(check.date)}
    if not since:
        return _("Checked %(when)s; nothing public has changed since.") % when
    changes = ngettext("%(n)s change of what is public since.", "%(n)s changes of what is public since.", since)
    return f"{_('Checked %(when)s;') % when} {changes % {'n': since}}"


#: the gate that has a section of its own
DUPLICATES = "duplicates"


def maybe_twice(request: HttpRequest) -> DeskSection | None:
    """Pairs of records that look like one."""
    kinds = [str(model._meta.model_name) for model in _seen(request)]
    found = RecordIssue.objects.filter(gate=DUPLICATES, kind__in=kinds).order_by("kind", "pk")
    pairs = list(found[: MOST + 1])
    if not pairs:
        return None
    lines = [
        DeskLine(_("%(ref)s lacks %(missing)s") % {"ref": refs[pair.record], "missing": pair.missing}, url)
        for kind, refs in _refs(pairs[:MOST]).items()
        for pair in pairs[:MOST]
        if pair.kind == kind and pair.record in refs and (url := _url(kind, pair.record))
    ]
    more = [
        DeskLine(
            _("All %(kind)s") % {"kind": KINDS[kind]._meta.verbose_name_plural},
            _list_url(KINDS[kind], lacks=DUPLICATES),
        )
        for kind in dict.fromkeys(pair.kind for pair in pairs)
    ]
    return DeskSection("maybe-twice", _("Perhaps there twice"), [*lines, *(more if len(pairs) > MOST else [])])


def _refs(pairs: list[RecordIssue]) -> dict[str, dict[int, str]]:
    """Return the refs of the records of some issues, by kind and key. One query a kind."""
    kinds = dict.fromkeys(pair.kind for pair in pairs)
    keys = {kind: [pair.record for pair in pairs if pair.kind == kind] for kind in kinds}
    return {kind: dict(KINDS[kind].objects.filter(pk__in=keys[kind]).values_list("pk", "ref")) for kind in kinds}


def read_so_far(request: HttpRequest) -> DeskSection | None:
    """How much of each public source was read by the last check, those of which most is left first. Two queries."""
    check = last_check()
    if check is None or not _may_see(request, Source):
        return None
    sources = _records(request, Source).filter(state=State.PUBLISHED).in_bulk(check.coverage)
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
    more = [DeskLine(_("All sources"), _list_url(Source))] if len(left) > MOST else []
    nothing = _("Every paragraph of every public source is used or noted.")
    return DeskSection("read-so-far", _("Not read yet"), [*lines, *more], nothing=nothing)


def dead_links(request: HttpRequest) -> DeskSection | None:
    """Addresses that did not answer when they were last asked."""
    if not _may_see(request, LinkCheck):
        return None
    dead = LinkCheck.objects.exclude(problem="")
    shown = list(dead[: MOST + 1])
    url = _list_url(LinkCheck, problem__isempty="0")
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


def _day(date: Any) -> str:
    return f"{date:%Y-%m-%d}" if date else ""


def not_found(request: HttpRequest) -> DeskSection | None:
    """Searches that found nothing, or after which readers tried other words."""
    if not _may_see(request, SearchMiss):
        return None
    misses = SearchMiss.objects.filter(is_dismissed=False)
    shown = list(misses[: MOST + 1])
    url = _list_url(SearchMiss, is_dismissed__exact="0")
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
        detail=_joined(nothing, tried, instead),
        links=((_("Make a synonym"), synonym_url(miss)),),
        buttons=(Button(_("Dismiss"), _list_url(SearchMiss), values),),
    )


def due(request: HttpRequest) -> DeskSection | None:
    """Public records that nobody has reviewed for two years, by kind. One query."""
    models = _seen(request)
    if not models:
        return None
    counted = _counted(_records(request, model).filter(is_due()) for model in models)
    lines = [DeskLine(_name(KINDS[kind]), _list_url(KINDS[kind], due="yes"), number) for kind, number in counted]
    note = _("Public records that nobody has reviewed for two years, or ever.")
    return DeskSection(
        "due", _("Due for review"), sorted(lines, key=lambda line: line.label), note, _("Nothing is due.")
    )


def _name(model: Any) -> str:
    return capfirst(str(model._meta.verbose_name_plural))


def lately(request: HttpRequest) -> DeskSection | None:
    """What people changed last, each with its history; what one of them did to many records with a way to undo it."""
    models = _seen(request)
    if not models:
        return None
    changes = [change for model in models for change in _last_changes(request, model)]
    changes.sort(key=lambda change: change.history_date, reverse=True)
    dated = [(change.history_date, _change_line(change)) for change in _once(changes)]
    dated += [(operation.at, _operation_line(request, operation)) for operation in _last_operations(request)]
    lines = [line for _date, line in sorted(dated, key=lambda pair: pair[0], reverse=True)]
    return DeskSection("lately", _("Changed lately"), lines[:MOST], nothing=_("Nothing was changed by anybody yet."))


def _change_line(change: Any) -> DeskLine:
    model = change.instance_type
    return DeskLine(
        f"{change.ref} {getattr(change, model.name_field)}",
        reverse(f"admin:practices_{model._meta.model_name}_history", args=[change.id]),
        detail=_joined(change.history_user, naturaltime(change.history_date), change.history_change_reason),
    )


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


def _last_operations(request: HttpRequest) -> list[Operation]:
    """Return the last operations that the person may see. One query at most."""
    if not _may_see(request, Operation):
        return []
    return list(_records(request, Operation).select_related("by").order_by("-at", "-pk")[:MOST])


def _operation_line(request: HttpRequest, operation: Operation) -> DeskLine:
    undone = _("undone") if operation.undone_at else ""
    may_undo = not undone and _admin_of(Operation).may_undo(request, operation)
    return DeskLine(
        str(operation),
        address_of(operation),
        detail=_joined(operation.by, naturaltime(operation.at), undone),
        buttons=(Button(_("Undo"), undo_address(operation)),) if may_undo else (),
    )


def _last_changes(request: HttpRequest, model: Any) -> list[Any]:
    """Return the last lines in the history of what the person may see that somebody signed. One query."""
    mine = _records(request, model).values("pk")
    signed = model.history.filter(history_user__isnull=False, id__in=mine).select_related("history_user")
    return list(signed.order_by("-history_date", "-history_id")[: 2 * MOST])


def _once(changes: Iterable[Any]) -> Iterator[Any]:
    """Yield each record only where it stands first."""
    seen: set[tuple[Any, int]] = set()
    for change in changes:
        key = (change.instance_type, change.id)
        if key not in seen:
            seen.add(key)
            yield change


def growth(request: HttpRequest) -> DeskSection | None:
    """How many records of each kind are public, and how many became so lately. One query."""
    models = _seen(request)
    if not models:
        return None
    now = timezone.now()
    month, year = (Q(published_at__gte=now - timedelta(days=days)) for days in (30, 365))
    counted = _counted((model.objects.published().order_by() for model in models), month=month, year=year)
    lines = [
        DeskLine(
            _name(KINDS[kind]),
            _list_url(KINDS[kind], state=State.PUBLISHED),
            total,
            _("%(month)s new in 30 days, %(year)s in a year") % {"month": in_a_month, "year": in_a_year},
        )
        for kind, total, in_a_month, in_a_year in counted
    ]
    return DeskSection("growth", _("Public now"), sorted(lines, key=lambda line: -(line.count or 0)))


Make = Callable[[HttpRequest], DeskSection | None]
#: every section of the desk, in its order
SECTIONS: list[Make] = [
    for_me,
    for_review,
    from_readers,
    falls_short,
    maybe_twice,
    not_found,
    dead_links,
    read_so_far,
    due,
    lately,
    growth,
]
