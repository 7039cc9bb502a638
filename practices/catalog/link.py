"""A value with its count and its link, as every page shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A value as a page shows it.

    `url` is where its practices are listed, or what choosing it leads to, "" for nowhere; `count` its number of
    practices, None where it is not counted; `page` the address of a page of its own, "" where it has none.
    """

    label: str
    url: str = ""
    count: int | None = None
    selected: bool = False
    page: str = ""
    code: str = ""

    def __str__(self) -> str:
        return self.label if self.count is None else f"{self.label} {self.count}"
