"""Comments: notes between curators on a record, kept with it, and word to the one whom a note concerns."""

from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation import mail
from practices.curation.roles import Person
from practices.models import Comment, Curated, Decision, State


def comments_on(record: Curated) -> QuerySet[Comment]:
    """Return what curators said of a record and its pending edits, the first first."""
    comments = Comment.objects.filter(model=record._meta.model_name, ref=record.ref)
    return comments.select_related("author", "to")


def what_to_change(record: Curated) -> Comment | None:
    """Return why a record was sent back to its author, None where it was not or has been sent again. One query."""
    if record.state != State.CHANGES_REQUESTED:
        return None
    return comments_on(record).filter(decision=Decision.CHANGES).last()


def unseen_by(user: Person) -> QuerySet[Comment]:
    """Return the comments to a curator who has not opened their records since, the latest first."""
    return Comment.objects.filter(to=user.pk, seen=None).select_related("author").order_by("-at", "-pk")


def mark_seen(record: Curated, user: Person) -> None:
    """Note that a curator has seen what was said to them of a record."""
    comments_on(record).filter(to=user.pk, seen=None).update(seen=timezone.now())


def add_comment(
    record: Curated,
    author: Person,
    text: str,
    decision: Decision = Decision.NOTE,
    *,
    to: User | None = None,
    link: str = "",
) -> Comment:
    """Say something of a record, to a curator or to whom it may concern; by mail too, once all is written.

    `link` is the address of the record, for the mail.
    """
    comment = Comment.objects.create(
        model=str(record._meta.model_name),
        ref=record.ref,
        author_id=author.pk,
        to=to,
        text=text.strip(),
        decision=decision,
    )
    if to is not None and to != author and to.is_active:
        subject = f"{record.ref} {record}: {comment.get_decision_display()}"
        paragraphs = comment.text, _("From: %(author)s") % {"author": author}, link
        transaction.on_commit(partial(mail.send, [to.email], subject, *paragraphs))
    return comment
