"""Signs: what a message does in a conversation, read from its words in one look."""

from collections.abc import Iterable, Mapping

import re2

MOST_READ = 1_000
"""Characters of a message that are looked at; what it does in the conversation shows in fewer."""
_MEMORY = 256 * 1024 * 1024
"""Bytes that the automaton of all signs may grow to; it uses a small part of them."""


class Signs:
    """Reads the signs of a text; safe to share, holds no state between messages."""

    def __init__(self, patterns: Mapping[str, Iterable[str]], first_names: Iterable[str] = ()) -> None:
        self.first_names = frozenset(first_names)
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        names: list[str] = []
        for name, several in patterns.items():
            for pattern in several:
                self._set.Add(pattern)
                names.append(name)
        self._set.Compile()
        self._names = tuple(names)
        self.all = frozenset(names)

    def read(self, folded: str) -> frozenset[str]:
        """Give the signs in a folded text."""
        names = self._names
        return frozenset([names[index] for index in self._set.Match(folded[:MOST_READ]) or ()])
