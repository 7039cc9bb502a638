"""A value with its count and its link, as every page shows it."""

from dataclasses import dataclass


def lower_first(text: str) -> str:
    """Return "language learning" of "Language learning", and "EU funds" as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


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
    is_name: bool = False

    @property
    def in_sentence(self) -> str:
        """The label as it stands within a sentence: "language learning" of a topic, a name as it is."""
        return self.label if self.is_name else lower_first(self.label)

    def __str__(self) -> str:
        return self.label if self.count is None else f"{self.label} {self.count}"
