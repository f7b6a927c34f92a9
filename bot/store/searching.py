"""Looking in a file, piece by piece, for what must not be read in what is disclosed."""

import codecs
import re
from collections.abc import Iterable, Sequence

SHORTEST_BY_CHANCE = 6
"""Six given bytes, in either case, stand in 8 MiB of chance once in half a million files."""


class Search:
    """Takes a file as it comes; `found` says at its end whether any of the words or names stand in it.

    In the bytes of pictures and the like short ones stand by chance, so there only long ones count. `words` and `names`
    are in small letters; names are found where no letter or digit of theirs goes on beside them.
    """

    def __init__(self, words: Sequence[bytes], names: Sequence[bytes] = ()) -> None:
        self._words = words
        self._names = [(name, re.compile(rb"(?<![a-z0-9])" + re.escape(name) + rb"(?![a-z0-9])")) for name in names]
        self._kept = 1 + max(map(len, (*words, *names)), default=0)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_text = True
        self._window = b""
        self._is_cut = False
        self._hits: set[bytes] = set()

    def feed(self, piece: bytes) -> None:
        """Take what comes next."""
        self._decode(piece, last=False)
        self._window += piece.lower()
        self._look(last=False)
        # What may go on in the next piece is looked at again with it, and one byte before it to know where it begins.
        self._is_cut = self._is_cut or len(self._window) > self._kept
        self._window = self._window[-self._kept :]

    def found(self) -> bool:
        """Whether something stands in the file that must not; to be asked once, after all of it."""
        self._decode(b"", last=True)
        self._look(last=True)
        return any(self._is_text or len(hit) >= SHORTEST_BY_CHANCE for hit in self._hits)

    def _look(self, *, last: bool) -> None:
        self._hits.update(word for word in self._words if word in self._window)
        for name, shape in self._names:
            if any(last or match.end() < len(self._window) for match in shape.finditer(self._window, self._is_cut)):
                self._hits.add(name)

    def _decode(self, piece: bytes, *, last: bool) -> None:
        try:
            if self._is_text:
                self._decoder.decode(piece, last)
        except UnicodeDecodeError:
            self._is_text = False


def stands_in(pieces: Iterable[bytes], words: Sequence[bytes], names: Sequence[bytes] = ()) -> bool:
    """Whether any of the words or names stand in a file."""
    search = Search(words, names)
    for piece in pieces:
        search.feed(piece)
    return search.found()
