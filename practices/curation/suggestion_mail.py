"""Mail on suggestions: to their readers, and to the curators they are assigned to."""

from django.utils.translation import gettext as _

from practices.curation import mail
from practices.models import ReaderSuggestion, SuggestionState


def tell_reader(suggestion: ReaderSuggestion, address: str) -> bool:
    """Send the answer to a reader who asked for it by e-mail, with the private address; return whether it was sent."""
    accepted = _("Your suggestion was taken up. What comes of it is public once it has been checked.")
    declined = _("Your suggestion was looked at and not taken up.")
    outcome = accepted if suggestion.state == SuggestionState.ACCEPTED else declined
    return mail.send([suggestion.email], _("Your suggestion"), outcome, suggestion.answer, address)


def tell_assigned(suggestion: ReaderSuggestion, address: str) -> bool:
    """Tell the curator to whom a suggestion is assigned, with the address of its page; return whether it was sent."""
    to = suggestion.assigned_to.email if suggestion.assigned_to else ""
    return mail.send([to], _("A reader's suggestion is assigned to you"), str(suggestion), address)
