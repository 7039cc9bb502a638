"""The curators' admin, one module per noun, registered when Django looks for this package."""

from practices.admin import (
    data,
    event,
    finding,
    operation,
    practice,
    source,
    stakeholder,
    suggestion,
    synonym,
    upkeep,
    users,
    vocabulary,
)

__all__ = [
    "data",
    "event",
    "finding",
    "operation",
    "practice",
    "source",
    "stakeholder",
    "suggestion",
    "synonym",
    "upkeep",
    "users",
    "vocabulary",
]
