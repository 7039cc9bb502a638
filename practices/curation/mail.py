"""Mail in plain text, where the site can send any (EMAIL_URL). What it says stands on a page as well."""

import logging
from collections.abc import Collection

from django.conf import settings
from django.core.mail import send_mail

logger = logging.getLogger(__name__)


def has_mail() -> bool:
    """Whether the site can send mail."""
    return bool(settings.HAS_MAIL)


def send(to: Collection[str], subject: str, *paragraphs: str) -> bool:
    """Send a mail to some addresses, what is empty left out; returns whether it was sent."""
    addresses = sorted({address for address in to if address})
    if not (has_mail() and addresses):
        return False
    text = "\n\n".join(filter(None, paragraphs))
    try:
        return bool(send_mail(" ".join(subject.split()), text, None, addresses))
    except (OSError, ValueError) as error:  # whose text may name a person
        logger.warning("A mail could not be sent: %s", type(error).__name__)
        return False
