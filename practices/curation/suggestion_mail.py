"""Mail on suggestions, where the site can send any: to their readers, and to the curators they are assigned to."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from practices.models import ReaderSuggestion, SuggestionState

logger = logging.getLogger(__name__)


def tell_reader(suggestion: ReaderSuggestion, address: str) -> bool:
    """Send the answer to a reader who asked for it by e-mail, with the private address; return whether it was sent."""
    accepted = _("Your suggestion was taken up. What comes of it is public once it has been checked.")
    declined = _("Your suggestion was looked at and not taken up.")
    outcome = accepted if suggestion.state == SuggestionState.ACCEPTED else declined
    return _send(suggestion.email, _("Your suggestion"), outcome, suggestion.answer, address)


def tell_assigned(suggestion: ReaderSuggestion, address: str) -> bool:
    """Tell the curator to whom a suggestion is assigned, with the address of its page; return whether it was sent."""
    to = suggestion.assigned_to.email if suggestion.assigned_to else ""
    return _send(to, _("A reader's suggestion is assigned to you"), str(suggestion), address)


def _send(to: str, subject: str, *parts: str) -> bool:
    if not (settings.HAS_MAIL and to):
        return False
    try:
        return bool(send_mail(subject, "\n\n".join(filter(None, parts)), None, [to]))
    except (SMTPException, OSError) as error:  # whose text may name the reader
        logger.warning("A mail on a suggestion could not be sent: %s", type(error).__name__)
        return False
