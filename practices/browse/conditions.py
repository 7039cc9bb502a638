"""What narrows a result, in words, each condition with the address of the page without it: chips on every page."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from practices.browse.addresses import address
from practices.browse.filters import PracticeFilter

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
