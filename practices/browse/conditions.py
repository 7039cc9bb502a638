"""What narrows a result, in words, each condition with the address of the page without it: chips on every page."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from practices.browse.addresses import address
from practices.browse.filters import PracticeFilter
from practices.browse.wording import short

#: how many conditions stand by themselves: each address carries all the others
MOST = 24


@dataclass(frozen=True)
class Condition:
    """One value of a filter in words, and the address of the same page without it."""

    label: str
    url: str


def subject(asked: PracticeFilter) -> str:
    """Return what a result is about in a few words, such as "Portugal, Women"; "" where nothing narrows it."""
    lists, filters = asked.lists, asked.filters
    parts = [
        lists[name].choices[value].label if name in lists else filters[name].said(value)
        for name, value in asked.narrowed
    ]
    return short(", ".join(parts), 100) if parts else ""


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
