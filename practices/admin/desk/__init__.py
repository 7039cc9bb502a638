"""The desk: the admin's first page. What waits, what falls short, what was done lately; each line leads to its list.

To add a section: a function that returns it for a request, None where it has nothing for this person, and its line in
SECTIONS. A section asks a fixed number of queries and shows at most `MOST` lines of a kind.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from practices.admin.desk.changes import growth, lately
from practices.admin.desk.duplicates import maybe_twice
from practices.admin.desk.lacking import due, falls_short, read_so_far
from practices.admin.desk.lines import MOST, DeskSection
from practices.admin.desk.links import dead_links
from practices.admin.desk.records import KINDS, admin_of
from practices.admin.desk.searches import not_found
from practices.admin.desk.waiting import for_me, for_review, from_readers
from practices.curation.roles import Act, may
from practices.models import Practice, Source

__all__ = ["KINDS", "MOST", "SECTIONS", "DeskSection", "sections", "ways_in"]

#: every section of the desk, in its order
SECTIONS: list[Callable[[HttpRequest], DeskSection | None]] = [
    for_me,
    for_review,
    from_readers,
    falls_short,
    maybe_twice,
    not_found,
    dead_links,
    read_so_far,
    due,
    lately,
    growth,
]


def sections(request: HttpRequest) -> list[DeskSection]:
    """Return the sections of the desk that are for whoever asks."""
    drawn = (make(request) for make in SECTIONS)
    return [section for section in drawn if section is not None]


def ways_in(request: HttpRequest) -> list[tuple[str, str]]:
    """Return (label, address) of the ways to add something that are open to whoever asks."""
    added = [(model, _("Add %(kind)s") % {"kind": model._meta.verbose_name}) for model in (Practice, Source)]
    ways = [
        (label, reverse(f"admin:practices_{model._meta.model_name}_add"))
        for model, label in added
        if admin_of(model).has_add_permission(request)
    ]
    return [*ways, (_("Import or export records"), reverse("admin:import"))] if may(request.user, Act.IMPORT) else ways
