"""The public collection of one data version in memory: vocabularies, practices as sets, counts.

`current()` is the way in. What is made of a data version is kept with it (`Catalog.derived`) and goes with it; a new
version costs one query a request until something changed.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

from django.utils.functional import cached_property

from practices.catalog.snapshot import Snapshot
from practices.catalog.vocabularies import Vocabularies, load_vocabularies
from practices.models import DataVersion

T = TypeVar("T")


class Catalog:
    """Everything that is kept in memory as of one data version. Threads may share it."""

    def __init__(self, version: DataVersion) -> None:
        self.version = version
        self._derived: dict[Hashable, object] = {}

    @cached_property
    def vocabularies(self) -> Vocabularies:
        """Terms, countries and places."""
        return load_vocabularies()

    @cached_property
    def snapshot(self) -> Snapshot:
        """The public practices as sets."""
        return Snapshot()

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes of this data version, made once and kept under `key`."""
        if key not in self._derived:
            self._derived[key] = make()
        return cast(T, self._derived[key])

    def is_of(self, version: DataVersion) -> bool:
        """Whether it holds this data version."""
        return (self.version.number, self.version.date) == (version.number, version.date)


_latest: Catalog | None = None
_pinned: ContextVar[list[Catalog] | None] = ContextVar("pinned", default=None)


@contextmanager
def pinned() -> Iterator[None]:
    """Within this, everything is made from one data version, which is asked for once."""
    token = _pinned.set([])
    try:
        yield
    finally:
        _pinned.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """Within this, everything is made from a catalog of its own, which goes with it: for what is not to be kept.

    Vocabularies and the snapshot of the public practices are those of now.
    """
    public = current()
    catalog = Catalog(public.version)
    catalog.vocabularies, catalog.snapshot = public.vocabularies, public.snapshot
    token = _pinned.set([catalog])
    try:
        yield
    finally:
        _pinned.reset(token)


def current() -> Catalog:
    """Return the catalog as of now, or as of when the page that is being made first asked. One query."""
    page = _pinned.get()
    if page:
        return page[0]
    catalog = _as_of(DataVersion.current())
    if page is not None:
        page.append(catalog)
    return catalog


def _as_of(version: DataVersion) -> Catalog:
    global _latest
    catalog = _latest
    if catalog is None or not catalog.is_of(version):
        _latest = catalog = Catalog(version)
    return catalog
