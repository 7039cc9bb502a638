"""The overview of a timeline: a bar for each year, or for more years where they would be too many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property

from practices.pages.timeline.records import DatedRecords, count_between, ends

#: how many bars the overview has at most, and how many years of the axis are written
MAX_BARS, MAX_TICKS = 72, 6
#: how many years a bar, and the distance of two written years, can stand for
BAR_STEPS = (1, 10, 100, 1000, 10000)
TICK_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000, 10000)
#: the height of the highest bar
HEIGHT = 96


@dataclass(frozen=True)
class Span:
    """Where something stands between the left and the right edge of the timeline, as SVG takes it: "12.5%"."""

    x: str
    width: str


@dataclass(frozen=True)
class Tick:
    """A year written under the overview, and where it stands."""

    label: str
    x: str


@dataclass(frozen=True)
class Bar:
    """The years of one bar of the overview: practices that ran and that began, reports and meetings, and heights."""

    label: str
    middle: str
    span: Span
    running: int
    beginning: int
    reports: int
    events: int
    height: int
    beginning_height: int

    @property
    def top(self) -> int:
        """Where the bar of what ran begins, from above."""
        return HEIGHT - self.height

    @property
    def beginning_top(self) -> int:
        """Where the bar of what began begins, from above."""
        return HEIGHT - self.beginning_height


class Scale:
    """How the years from `first` to `last` lie on the width of a timeline; `step` is how many years a bar has."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.step = next(step for step in BAR_STEPS if (last - first) // step < MAX_BARS)
        #: the first year of each bar
        self.starts = range(first // self.step * self.step, last + 1, self.step)

    def span(self, first: int, last: int) -> Span:
        """Return where some years stand."""
        return Span(self._percent(first), f"{100 * (last - first + 1) / self._width:.2f}%")

    def middle(self, start: int) -> str:
        """Return where the middle of the bar stands that begins with a year."""
        return self._percent(start + self.step / 2)

    @property
    def ticks(self) -> list[Tick]:
        """The years written under the overview."""
        first, last = self.starts[0], self.starts[-1]
        step = next(step for step in TICK_STEPS if (last - first) / step < MAX_TICKS)
        return [Tick(str(year), self.middle(year)) for year in range(-(-first // step) * step, last + 1, step)]

    @property
    def _width(self) -> int:
        return len(self.starts) * self.step

    def _percent(self, year: float) -> str:
        return f"{100 * (year - self.starts[0]) / self._width:.2f}%"


class Overview:
    """The bars of all years that have something, and the years written under them. No query of its own."""

    def __init__(self, scale: Scale, records: DatedRecords) -> None:
        self.scale, self.records = scale, records

    @cached_property
    def bars(self) -> list[Bar]:
        """The bars in the order of the years."""
        spans = ends(self.records.spans.values())
        running = [count_between(spans, start, start + self.scale.step - 1) for start in self.scale.starts]
        highest = max(running, default=0) or 1
        return [self._bar(start, count, highest) for start, count in zip(self.scale.starts, running, strict=True)]

    def _bar(self, start: int, running: int, highest: int) -> Bar:
        """Return the bar that begins with a year; `highest` is the number of practices of the highest bar."""
        last, beginning = start + self.scale.step - 1, self._number(self.records.practices, start)
        return Bar(
            str(start) if start == last else f"{start}–{last}",
            self.scale.middle(start),
            self.scale.span(start, last),
            running,
            beginning,
            self._number(self.records.reports, start),
            self._number(self.records.events, start),
            round(HEIGHT * running / highest),
            round(HEIGHT * beginning / highest),
        )

    def _number(self, years: Mapping[int, Sequence[object]] | Mapping[int | None, Sequence[object]], start: int) -> int:
        """Return how many things stand in the years of the bar that begins with a year."""
        return sum(len(years.get(year, ())) for year in range(start, start + self.scale.step))
