"""Links of a result: what narrows it, in words, each with the address of the same page without it."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from practices.catalog.query_string import address
from practices.search.filters import PracticeFilter

#: how many conditions stand by themselves: each address carries all the others
MOST = 24


@dataclass(frozen=True)
class Condition:
    """One value of a filter in words, and the address of the same page without it."""

    label: str
    url: str


def conditions(asked: PracticeFilter, keep: list[tuple[str, str]]) -> list[Condition]:
    """Return what a request asks for, value by value; of very many the rest in one.

    `keep` are the parameters that do not narrow, which every address carries.
    """
    first, rest = asked.narrowed[:MOST], asked.narrowed[MOST:]
    made = [
        Condition(
            asked.filters[name].said(value), address([*(one for one in asked.narrowed if one != (name, value)), *keep])
        )
        for name, value in first
    ]
    if rest:
        label = ngettext("%(n)s more condition", "%(n)s more conditions", len(rest)) % {"n": len(rest)}
        made.append(Condition(label, address([*first, *keep])))
    return made
