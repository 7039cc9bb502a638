"""What narrows a result, in words, each condition with the address of the result without it: chips on every page."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from practices.browse.filters import PracticeFilter, address

#: how many conditions stand by themselves: each address carries all the others
MOST = 24


@dataclass(frozen=True)
class Condition:
    """One value of a filter in words, and the address of the same page without it."""

    label: str
    url: str


def conditions(asked: PracticeFilter) -> list[Condition]:
    """Return what a request asks for, value by value; of very many the rest in one."""
    first, rest = asked.narrowed[:MOST], asked.narrowed[MOST:]
    made = [
        Condition(asked.filters[name].said(value), address([one for one in asked.params if one != (name, value)]))
        for name, value in first
    ]
    if rest:
        label = ngettext("%(n)s more condition", "%(n)s more conditions", len(rest)) % {"n": len(rest)}
        made.append(Condition(label, address([one for one in asked.params if one not in rest])))
    return made
