"""What the desk shows as `tend` left it: how a section says that it is being checked anew, and asks for that."""

from typing import Any, NamedTuple

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from practices.admin.desk.lines import Button
from practices.curation import tending
from practices.curation.tending import TaskState
from practices.models import LinkCheck, Practice


class Check(NamedTuple):
    """A task of `tend` that the desk can ask for: who sees records of `model` may, `section` shows what came of it."""

    model: type[Model]
    section: str


#: what can be checked again, by the name of the task
CHECKS = {"content": Check(Practice, "falls-short"), "links": Check(LinkCheck, "dead-links")}


def checking(task: str, note: str) -> dict[str, Any]:
    """Return what a section says of its last check, `note`, or of the one that is under way, and how to ask for one."""
    state = tending.state(task)
    if state is TaskState.RUNNING:
        return {
            "note": _("It is being checked now. This page shows what is found when that is done."),
            "is_running": True,
        }
    if state is TaskState.STOPPED:
        note = " ".join([_("The last check was ended before it was done: start it again."), note])
    return {"note": note, "buttons": (Button(_("Check now"), reverse("admin:check_again", args=[task])),)}
