"""The shades of numbers: ranges that hold about as many numbers each, the highest the darkest."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

#: how many shades there are
SHADES = 5


class Shade(NamedTuple):
    """The lowest and the highest number of a shade, and its own number, from 1 to SHADES."""

    low: int
    high: int
    number: int


class Shades:
    """The shades of some numbers."""

    def __init__(self, counts: Iterable[int]) -> None:
        self.ranges = ranges(counts)

    def of(self, count: int) -> int:
        """Return the shade of a number: the darkest of the highest range, spread over all shades where few occur."""
        place, number = bisect_left([high for _low, high in self.ranges], count), len(self.ranges)
        return (2 * place + 1) * SHADES // (2 * number) + 1

    @property
    def legend(self) -> list[Shade]:
        """The shades that occur, lightest first."""
        return [Shade(low, high, self.of(high)) for low, high in self.ranges]


def ranges(counts: Iterable[int]) -> list[tuple[int, int]]:
    """Return up to SHADES ranges of numbers that hold about as many numbers each; no number is in two ranges."""
    ordered = sorted(counts)
    if not ordered:
        return []
    highs = sorted({ordered[ceil(len(ordered) * part / SHADES) - 1] for part in range(1, SHADES + 1)})
    return [(ordered[bisect_right(ordered, below)], high) for below, high in zip([0, *highs], highs, strict=False)]
