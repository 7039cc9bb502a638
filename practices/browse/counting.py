"""Counts of a filter's values, as they are told in words rather than offered as a choice."""

from practices.browse.filters import Choice


def telling(choices: dict[str, Choice], counts: dict[str, int]) -> list[Choice]:
    """Return the values that occur, without a broader one that says no more than a narrower one of the same count."""
    told: list[Choice] = []
    top = None
    for choice in choices.values():
        if not choice.depth:
            top = choice
        elif top in told and counts.get(choice.value) and counts.get(top.value) == counts[choice.value]:
            told.remove(top)
        if counts.get(choice.value):
            told.append(choice)
    return told
