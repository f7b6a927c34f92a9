"""A mapping that forgets what was set longest ago, so that no stream can fill the memory."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most `most` entries; setting or touching one makes it the youngest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        """Give the number of entries."""
        return len(self._entries)

    def __contains__(self, key: K) -> bool:
        """Whether there is an entry."""
        return key in self._entries

    def get(self, key: K) -> V | None:
        """Give an entry without making it younger."""
        return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Set an entry; the oldest one makes room."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def touch(self, key: K, make: Callable[[], V]) -> V:
        """Give an entry, made if there is none, and make it the youngest."""
        found = self._entries.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        else:
            self._entries.move_to_end(key)
        return found

    def known(self, keys: Iterable[K]) -> list[K]:
        """Give those keys that have entries."""
        entries = self._entries
        return [key for key in keys if key in entries]

    def drop(self, key: K) -> None:
        """Forget an entry, if there is one."""
        self._entries.pop(key, None)
