"""The way of a change between people: sent for review, returned with a comment, published; who may, and who wrote it.

The setting REVIEW says whether somebody else than its authors must have looked at what is published: "required", or
"advised", or "off", which leave it to those who may publish.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.curation import pending, workflow
from practices.curation.comments import add_comment, comments_on
from practices.curation.history import authorship
from practices.curation.roles import Act, Role, may, role_of
from practices.models import Curated, Decision, State

#: what a record lacks that nobody else has looked at
SECOND_PERSON = gettext_lazy("a review by somebody else than its authors")


def may_publish(user: Any, record: Curated) -> bool:
    """Whether a user may publish a draft or approve a pending edit as it stands now, or change what is public."""
    if record.is_published and settings.REVIEW == "required" and role_of(user) is not Role.ADMINISTRATOR:
        return False
    return may(user, Act.PUBLISH, record) and not _lacks_second_person(user, record)


def is_reviewed(record: Curated) -> bool:
    """Whether somebody who is no author of it found the record fit to be published, as it stands now."""
    authors, last = authorship(record)
    found = comments_on(record).filter(decision=Decision.REVIEWED).exclude(author__in=authors)
    return (found.filter(at__gte=last) if last else found).exists()


def _lacks_second_person(user: Any, record: Curated) -> bool:
    """Whether a second person must look at a record first; administrators need none, which history says."""
    if settings.REVIEW != "required" or role_of(user) is Role.ADMINISTRATOR:
        return False
    return user.pk in authorship(record).users and not is_reviewed(record)


@transaction.atomic
def publish(
    records: Iterable[Curated], user: Any, *, fields: Iterable[str] | None = None, text: str = "", link: str = ""
) -> int:
    """Publish drafts and approve pending edits, all or none; returns how many became public or were approved.

    Of pending edits `fields` are the differences that are accepted, all where it is None. Raises NotReady where one
    lacks something, a second person included, and OriginalChanged as `pending.approve` does.
    """
    records = list(records)
    _check_second_person(records, user)
    authors = {record: author_of(record) for record in records}
    own = {record for record in records if settings.REVIEW == "required" and user.pk in authorship(record).users}
    edits = [record for record in records if record.draft_of_id is not None]
    for edit in edits:
        pending.approve(edit, user, fields)
    published = workflow.publish([record for record in records if record.draft_of_id is None])
    for record, author in authors.items():
        alone = _("Published without a second person.") if record in own and not is_reviewed(record) else ""
        said = "\n\n".join(filter(None, (text, alone)))
        if said or author != user:
            add_comment(record, user, said, Decision.PUBLISHED, to=author if author != user else None, link=link)
    return published + len(edits)


@transaction.atomic
def publish_all(records: Iterable[Curated], user: Any) -> int:
    """Publish many drafts, as `publish` does, without word to each author. Raises NotReady."""
    records = list(records)
    _check_second_person(records, user)
    return workflow.publish(records)


def _check_second_person(records: Iterable[Curated], user: Any) -> None:
    if unseen := [record for record in records if _lacks_second_person(user, record)]:
        raise workflow.NotReady({record: [str(SECOND_PERSON)] for record in unseen})


def author_of(record: Curated) -> User | None:
    """Return who began a pending edit or made a draft; None for the system, or somebody who is no more."""
    user: User | None = pending.begun_by(record)[0]
    return user


@transaction.atomic
def send_for_review(records: Iterable[Curated], user: Any, text: str = "") -> int:
    """Send drafts and pending edits to those who review; returns how many were not sent before."""
    sent = 0
    for record in records:
        if _move(record, State.IN_REVIEW, user, str(Decision.SENT.label)):
            add_comment(record, user, text, Decision.SENT)
            sent += 1
    return sent


@transaction.atomic
def request_changes(record: Curated, user: Any, text: str, *, link: str = "") -> None:
    """Send a draft or pending edit back to its author, with what is to be changed."""
    _move(record, State.CHANGES_REQUESTED, user, f"{Decision.CHANGES.label}: {text}")
    add_comment(record, user, text, Decision.CHANGES, to=author_of(record), link=link)


@transaction.atomic
def find_fit(record: Curated, user: Any, text: str = "", *, link: str = "") -> None:
    """Note that somebody who may review found a draft or pending edit fit to be published."""
    add_comment(record, user, text, Decision.REVIEWED, to=author_of(record), link=link)


@transaction.atomic
def discard(edit: Curated, user: Any, text: str = "", *, link: str = "") -> None:
    """Give a pending edit up, with word to its author."""
    author = author_of(edit)
    pending.discard(edit, user)
    add_comment(edit, user, text, Decision.DISCARDED, to=author if author != user else None, link=link)


def _move(record: Curated, state: State, user: Any, reason: str) -> bool:
    """Set the state of a record that is not public; returns whether it had another. Raises StepRefused."""
    locked: Any = type(record)._default_manager.select_for_update().get(pk=record.pk)
    if locked.is_published:
        raise workflow.StepRefused(_("%(record)s is public: change it, and send that for review.") % {"record": locked})
    if locked.state == state:
        return False
    locked.state, locked.version = state, locked.version + 1
    locked._history_user, locked._change_reason = user, reason
    locked.save()
    record.state = state
    return True
