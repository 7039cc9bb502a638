"""Comparisons: practices side by side, or countries. How many can be, and what a comparison is called."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

MIN_COMPARED, MAX_COMPARED = 2, 4


def heading(names: Iterable[object]) -> str:
    """Return what a comparison is called: "Portugal and Canada", "A, B and C"."""
    *first, last = [str(name) for name in names] or [""]
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
