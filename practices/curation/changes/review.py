"""The way of a change between people: sent for review, returned with a comment, published; who may, and who wrote it.

The setting REVIEW says whether somebody else than its authors must have looked at what is published: "required", or
"advised", or "off", which leave it to those who may publish.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.curation.changes import pending, workflow
from practices.curation.changes.authorship import Authorship, authorships
from practices.curation.changes.comments import add_comment
from practices.curation.fixtures.baseline import sign_next
from practices.curation.roles import Act, Person, Role, may, role_of
from practices.models import Comment, Curated, Decision, State

#: what a record lacks that nobody else has looked at
SECOND_PERSON = gettext_lazy("a review by somebody else than its authors")
#: what is written down where an administrator does without
ALONE = gettext_lazy("Published without a second person.")


def is_required() -> bool:
    """Whether somebody else than its authors must look at what is published."""
    return bool(settings.REVIEW == "required")


def may_publish(user: Person, record: Curated) -> bool:
    """Whether a user may publish a draft or approve a pending edit as it stands now, or change what is public."""
    if record.is_published and is_required() and role_of(user) is not Role.ADMINISTRATOR:
        return False
    return may(user, Act.PUBLISH, record) and not lacking_second_person([record], user)


def missing(records: Iterable[Curated], user: Person) -> dict[Curated, list[str]]:
    """Return what records need before a user may publish them, without those that lack nothing."""
    records = list(records)
    lacks = workflow.missing_requirements(*records)
    for record in lacking_second_person(records, user):
        lacks[record] = [*lacks.get(record, []), str(SECOND_PERSON)]
    return lacks


def lacking_second_person(records: Iterable[Curated], user: Person) -> list[Curated]:
    """Return those of some records at which somebody else must look before a user may publish them.

    An administrator may publish alone, which is written down.
    """
    return [] if not is_required() or role_of(user) is Role.ADMINISTRATOR else _written_alone(records, user)


def _written_alone(records: Iterable[Curated], user: Person) -> list[Curated]:
    """Return those of some records that a user wrote and nobody else found fit; none where that need not be.

    A fixed number of queries for hundreds of records.
    """
    if not is_required():
        return []
    own = {record: written for record, written in authorships(records).items() if user.pk in written.users}
    found_fit = _found_fit(own)
    return [record for record, authorship in own.items() if not _is_reviewed(authorship, found_fit[_key(record)])]


def _is_reviewed(authorship: Authorship, found_fit: Iterable[tuple[int | None, datetime]]) -> bool:
    """Whether somebody who is no author of a record found it fit to be published, as it stands now."""
    last = authorship.last
    return any(author not in authorship.users and (last is None or at >= last) for author, at in found_fit)


def _found_fit(records: Iterable[Curated]) -> dict[tuple[str, str], list[tuple[int | None, datetime]]]:
    """Return who found which records fit, and when, by kind and ref. One query."""
    reviews: defaultdict[tuple[str, str], list[tuple[int | None, datetime]]] = defaultdict(list)
    said = Comment.objects.filter(decision=Decision.REVIEWED, ref__in=[record.ref for record in records])
    for model, ref, author, at in said.values_list("model", "ref", "author_id", "at"):
        reviews[model, ref].append((author, at))
    return reviews


def _key(record: Curated) -> tuple[str, str]:
    return str(record._meta.model_name), record.ref


def check_second_person(records: Iterable[Curated], user: Person) -> None:
    """Raise NotReady where somebody else must look at any of some records before a user may publish it."""
    if unseen := lacking_second_person(records, user):
        raise workflow.NotReady({record: [str(SECOND_PERSON)] for record in unseen})


@transaction.atomic
def publish(
    records: Iterable[Curated], user: Person, *, fields: Collection[str] | None = None, text: str = "", link: str = ""
) -> int:
    """Publish drafts and approve pending edits, all or none; returns how many became public or were approved.

    Of pending edits `fields` are the differences that are accepted, all where it is None. Raises NotReady where one
    lacks something, a second person included, and OriginalChanged as `pending.approve` does.
    """
    records = list(records)
    check_second_person(records, user)
    authors = {record: author_of(record) for record in records}
    alone = _written_alone(records, user)
    edits = [record for record in records if record.draft_of_id is not None]
    for edit in edits:
        pending.approve(edit, user, fields)
    published = workflow.publish([record for record in records if record.draft_of_id is None])
    for record, author in authors.items():
        said = "\n\n".join(filter(None, (text, str(ALONE) if record in alone else "")))
        if said or author != user:
            add_comment(record, user, said, Decision.PUBLISHED, to=author if author != user else None, link=link)
    return published + len(edits)


@transaction.atomic
def publish_all(records: Iterable[Curated], user: Person) -> int:
    """Publish many drafts, as `publish` does, without word to each author. Raises NotReady."""
    new = [record for record in records if not record.is_published]
    check_second_person(new, user)
    alone = _written_alone(new, user)
    published = workflow.publish(new)
    note_alone(alone, user)
    return published


def note_alone(records: Iterable[Curated], user: Person) -> None:
    """Write down that an administrator published records without a second person, where one is required."""
    if is_required():
        said = {"author": user, "text": str(ALONE), "decision": Decision.PUBLISHED}
        Comment.objects.bulk_create(
            Comment(model=kind, ref=ref, **said) for kind, ref in (_key(record) for record in records)
        )


def approve_all(edits: Iterable[Any], user: Person) -> dict[Any, str]:
    """Approve what others wrote in pending edits, each for itself, without word to each author.

    Returns why those that were not approved are left as they are.
    """
    left: dict[Any, str] = {}
    edits = list(edits)
    for edit, authorship in authorships(edits).items():
        if user.pk in authorship.users:
            left[edit] = _("You wrote it yourself: somebody else approves it, or you on its own page.")
            continue
        try:
            _approve_one(edit, user)
        except workflow.StepRefused as reason:
            left[edit] = str(reason)
        except type(edit).DoesNotExist:
            left[edit] = _("It was approved or given up meanwhile.")
        except IntegrityError:
            left[edit] = _("It does not go with what somebody else saved meanwhile: look at it again.")
    return left


@transaction.atomic
def _approve_one(edit: Curated, user: Person) -> None:
    pending.approve(edit, user)
    add_comment(edit, user, "", Decision.PUBLISHED)


def author_of(record: Curated) -> User | None:
    """Return who began a pending edit or made a draft; None for the system, or somebody who is no more."""
    user: User | None = pending.begun_by(record)[0]
    return user


@transaction.atomic
def send_for_review(records: Iterable[Curated], user: Person, text: str = "") -> int:
    """Send drafts and pending edits to those who review; returns how many were not sent before."""
    sent = 0
    for record in records:
        if _move(record, State.IN_REVIEW, user, str(Decision.SENT.label)):
            add_comment(record, user, text, Decision.SENT)
            sent += 1
    return sent


@transaction.atomic
def send_all_for_review(records: Iterable[Curated], user: Person) -> int:
    """Send many drafts to those who review, in a fixed number of queries; returns how many were not sent before."""
    records = [record for record in records if record.state != State.IN_REVIEW]
    sent = [
        Comment(model=str(record._meta.model_name), ref=record.ref, author_id=user.pk, decision=Decision.SENT)
        for record in records
    ]
    Comment.objects.bulk_create(sent)
    return workflow.send_for_review(records)


@transaction.atomic
def request_changes(record: Curated, user: Person, text: str, *, link: str = "") -> None:
    """Send a draft or pending edit back to its author, with what is to be changed."""
    _move(record, State.CHANGES_REQUESTED, user, f"{Decision.CHANGES.label}: {text}")
    add_comment(record, user, text, Decision.CHANGES, to=author_of(record), link=link)


@transaction.atomic
def find_fit(record: Curated, user: Person, text: str = "", *, link: str = "") -> None:
    """Note that somebody who may review found a draft or pending edit fit to be published."""
    add_comment(record, user, text, Decision.REVIEWED, to=author_of(record), link=link)


@transaction.atomic
def discard(edit: Curated, user: Person, text: str = "", *, link: str = "") -> None:
    """Give a pending edit up, with word to its author."""
    author = author_of(edit)
    pending.discard(edit, user)
    add_comment(edit, user, text, Decision.DISCARDED, to=author if author != user else None, link=link)


def _move(record: Curated, state: State, user: Person, reason: str) -> bool:
    """Set the state of a record that is not public; returns whether it had another. Raises StepRefused."""
    locked: Any = type(record)._default_manager.select_for_update().get(pk=record.pk)
    if locked.is_published:
        raise workflow.StepRefused(_("%(record)s is public: change it, and send that for review.") % {"record": locked})
    if locked.state == state:
        return False
    locked.state, locked.version = state, locked.version + 1
    sign_next(locked, user, reason)
    locked.save()
    record.state = state
    return True
