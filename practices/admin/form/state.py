"""What one request finds out about the form that it shows or saves, kept for whoever else has to do with that form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, QueryDict

from practices.admin.form.conflicts import Conflict


@dataclass
class FormState:
    """What is known of a form so far."""

    #: its record as it was read, until the form itself gets it
    held: Model | None = None
    #: why it is not saved, "" where the form says so itself; None where nothing speaks against it
    refusal: str | None = None
    #: what others saved since it was opened
    conflict: Conflict | None = None
    formsets: Sequence[BaseInlineFormSet] = ()
    #: whether it says, rows included, what the record says already
    is_unchanged: bool = False
    #: whether a pending edit is begun by saving it
    begins_edit: bool = False
    #: whether it is that of a pending edit that is no more
    is_edit_gone: bool = False
    #: the version that is shown in place of the record as it is now
    former_version: str = ""
    #: the button whose step was taken
    taken: str = ""


def state_of(request: HttpRequest) -> FormState:
    """Return what a request knows of its form."""
    state: FormState = request.__dict__.setdefault("form_state", FormState())
    return state


def post_instead(request: HttpRequest, data: QueryDict) -> None:
    """Let a request be as if something else had been posted."""
    request.POST = data  # type: ignore[assignment]
