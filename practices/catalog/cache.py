"""A cache of the answers that were asked for lately, shared by threads."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class LRUCache(Generic[Key, Value]):
    """Keeps the values that were asked for last, at most `size` of them. Threads may share it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, keys: Iterable[Key], load: Callable[[list[Key]], dict[Key, Value]]) -> dict[Key, Value]:
        """Return the values that there are, by key; `load` is asked once for those that are not at hand."""
        wanted = dict.fromkeys(keys)
        with self._lock:
            values = {key: self._values[key] for key in wanted if key in self._values}
            for key in values:
                self._values.move_to_end(key)
        if missing := [key for key in wanted if key not in values]:
            loaded = load(missing)
            values |= loaded
            with self._lock:
                self._values |= loaded
                while len(self._values) > self.size:
                    self._values.popitem(last=False)
        return values
