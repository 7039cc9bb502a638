"""What narrows a result, said on pages other than the result's own, each condition with a way to take it away."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from practices.browse.filters import PracticeFilter, address

#: how many conditions stand by themselves: each address carries all the others
MOST = 24


@dataclass(frozen=True)
class Condition:
    """One value of a filter, as it is called, and the address of the same page without it."""

    label: str
    url: str


def conditions(asked: PracticeFilter, keep: list[tuple[str, str]]) -> list[Condition]:
    """Return what a request asks for; `keep` are the page's own parameters, which every address carries."""
    first, rest = asked.narrowed[:MOST], asked.narrowed[MOST:]
    made = [
        Condition(_said(asked, *pair), address([*keep, *(one for one in asked.narrowed if one != pair)]))
        for pair in first
    ]
    if rest:
        label = ngettext("%(n)s more condition", "%(n)s more conditions", len(rest)) % {"n": len(rest)}
        made.append(Condition(label, address([*keep, *first])))
    return made


def _said(asked: PracticeFilter, name: str, value: str) -> str:
    label = asked.lists[name].choices[value].label if name in asked.lists else value
    return f"{asked.filters[name].label}: {label}"
