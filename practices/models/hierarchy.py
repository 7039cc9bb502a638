"""Who stands under whom: no record under itself; and what pages make of data in which one does."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

#: the keys of what stands right above some records
Above = Callable[[Collection[int]], Iterable[int | None]]


class Nested(models.Model):
    """A record that may stand under another of its model, its `parent`, and never under itself."""

    parent_id: int | None

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        if "parent" not in (exclude or ()):
            self.clean_parent()

    def clean_parent(self) -> None:
        """Raise ValidationError where it would stand under itself, directly or by way of others."""
        records: Any = type(self)._default_manager

        def above(keys: Collection[int]) -> Iterable[int | None]:
            return records.filter(pk__in=keys).order_by().values_list("parent_id", flat=True)

        itself = getattr(self, "draft_of_id", None) or self.pk
        if itself and self.parent_id and leads_to(self.parent_id, itself, above):
            raise ValidationError({"parent": _("It would stand under itself.")})


def leads_to(start: int, goal: int, above: Above) -> bool:
    """Whether the way up from the record `start` comes to the record `goal`. A query of `above` for each level."""
    passed: set[int | None] = {None}
    level: set[int | None] = {start}
    while level and goal not in level:
        passed |= level
        level = set(above([key for key in level if key is not None])) - passed
    return bool(level)


def tree(parents: Mapping[int, int | None], levels: int) -> dict[int, int | None]:
    """Return the parent of each record, or None, so that all of them stand in a tree of at most `levels` levels.

    No form takes a circle, but data may have come by other ways: it is opened at its first member. What stands deeper
    than the lowest level is put there. A parent that is none of the records counts as none.
    """
    opened = {key: parent if parent in parents else None for key, parent in parents.items()}
    for key in opened:
        line = _line(key, opened)
        if opened[line[-1]] == key:
            opened[key] = None
    lines = {key: _line(key, opened)[1:] for key in opened}
    return {key: line[max(0, len(line) - levels + 1)] if line else None for key, line in lines.items()}


def _line(key: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return a record and those above it, the nearest first, each once."""
    line = [key]
    while (parent := parents[line[-1]]) is not None and parent not in line:
        line.append(parent)
    return line
