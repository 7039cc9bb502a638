"""Who wrote what records say, as their history knows it: whom a review needs to be somebody else than."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Model

from practices.curation.changes.history import parts_of
from practices.curation.dependants import by_model
from practices.curation.fixtures.baseline import history_of
from practices.index.documents import chunks
from practices.models import Curated, State


@dataclass
class Authorship:
    """Who wrote what a record says beyond what was last published, by primary key, and when the last of it was.

    `since` is when it was last published.
    """

    users: set[int] = field(default_factory=set)
    last: datetime | None = None
    since: datetime | None = None

    def note(self, user: int | None, date: datetime) -> None:
        """Note that somebody wrote something of it, None for the system."""
        if user is not None:
            self.users.add(user)
        self.last = max(date, self.last or date)


def authorships(records: Iterable[Curated]) -> dict[Curated, Authorship]:
    """Return who changed each record or its rows since it was last published; steps between states are no change.

    One query for records of a kind and one for each kind of row, as many for hundreds.
    """
    records = list(records)
    authorships = {
        (model, key): authorship
        for model, keys in by_model(records).items()
        for chunk in chunks(keys)
        for key, authorship in _of_model(model, chunk).items()
    }
    return {record: authorships[type(record), record.pk] for record in records}


def _of_model(model: type[Model], keys: list[int]) -> dict[int, Authorship]:
    authorships: defaultdict[int, Authorship] = defaultdict(Authorship)
    states: dict[int, str] = {}
    versions = history_of(model)._default_manager.filter(id__in=keys).order_by("history_id")
    for key, user, date, state in versions.values_list("id", "history_user_id", "history_date", "state"):
        if states.setdefault(key, state) == state:
            authorships[key].note(user, date)
        if state == State.PUBLISHED:
            authorships[key] = Authorship(since=date)
        states[key] = state
    for part, owner in parts_of(model):
        rows = history_of(part)._default_manager.filter(**{f"{owner}__in": keys}).order_by()
        for key, user, date in rows.values_list(owner, "history_user_id", "history_date"):
            if (since := authorships[key].since) is None or date > since:
                authorships[key].note(user, date)
    return {key: authorships[key] for key in keys}
