"""What narrows a result, said on pages other than the result's own, each condition with a way to take it away."""

from dataclasses import dataclass

from practices.browse.filters import PracticeFilter, address


@dataclass(frozen=True)
class Condition:
    """One value of a filter, as it is called, and the address of the same page without it."""

    label: str
    url: str


def conditions(asked: PracticeFilter, keep: list[tuple[str, str]]) -> list[Condition]:
    """Return what a request asks for; `keep` are the page's own parameters, which every address carries."""
    return [
        Condition(f"{asked.filters[name].label}: {_said(asked, name, value)}", address([*keep, *_others(asked, pair)]))
        for pair in asked.narrowed
        for name, value in [pair]
    ]


def _said(asked: PracticeFilter, name: str, value: str) -> str:
    return asked.lists[name].choices[value].label if name in asked.lists else value


def _others(asked: PracticeFilter, pair: tuple[str, str]) -> list[tuple[str, str]]:
    return [other for other in asked.narrowed if other != pair]
