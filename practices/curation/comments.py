"""Comments: notes between curators on a record, kept with it, and word to the one whom a note concerns."""

import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.models import Comment, Curated, Decision

logger = logging.getLogger(__name__)


def comments_on(record: Curated) -> QuerySet[Comment]:
    """Return what curators said of a record and its pending edits, the first first."""
    comments = Comment.objects.filter(model=record._meta.model_name, ref=record.ref)
    return comments.select_related("author", "to")


def unseen_by(user: Any) -> QuerySet[Comment]:
    """Return the comments to a curator who has not opened their records since, the latest first."""
    return Comment.objects.filter(to=user, seen=None).select_related("author").order_by("-at", "-pk")


def mark_seen(record: Curated, user: Any) -> None:
    """Note that a curator has seen what was said to them of a record."""
    comments_on(record).filter(to=user, seen=None).update(seen=timezone.now())


def add_comment(
    record: Curated,
    author: Any,
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
        model=str(record._meta.model_name), ref=record.ref, author=author, to=to, text=text.strip(), decision=decision
    )
    if to is not None and to != author and to.email and to.is_active:
        subject = f"{record.ref} {record}: {comment.get_decision_display()}"
        lines = [comment.text, _("From: %(author)s") % {"author": author}, link]
        message = "\n\n".join(line for line in lines if line)
        transaction.on_commit(partial(_send, to.email, " ".join(subject.split()), message))
    return comment


def _send(address: str, subject: str, message: str) -> None:
    """Send a mail; where that fails, what it says stands in the admin all the same."""
    try:
        send_mail(subject, message, settings.DEFAULT_FROM_EMAIL, [address])
    except OSError:
        logger.exception("A mail to a curator could not be sent.")
