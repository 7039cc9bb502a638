"""Word of what was done to an account: to its owner and, where it is an administrator's, to all administrators.

So nobody takes over an account, or takes a role from somebody, unseen.
"""

from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from practices.curation import mail
from practices.curation.roles import Act, Role, role_of, users_who_may

#: how many changes of an account its owner is shown
MOST = 20


def tell(user: User, what: str, by: Any, *, role: Role | None = None, email: str = "") -> None:
    """Send word of what somebody did to an account, once it is written.

    `role` and `email` are those that it had before. An owner who has not set up the account gets a link, and no word.
    """
    if not what:
        return
    addresses = {email}
    if user.has_usable_password():
        addresses.add(user.email)
    if Role.ADMINISTRATOR in (role, role_of(user)):
        addresses |= set(users_who_may(Act.USERS).values_list("email", flat=True))
    subject = _("The account “%(name)s” was changed") % {"name": user}
    done = _("By %(by)s: %(what)s") % {"by": by, "what": what}
    advice = _("If this should not be, tell an administrator, or whoever runs the site.")
    transaction.on_commit(partial(mail.send, addresses, subject, done, advice))


def changes_by_others(user: User) -> QuerySet[LogEntry]:
    """Return the last of what others did to an account, the latest first."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    return entries.exclude(user=user).select_related("user").order_by("-action_time", "-pk")[:MOST]
