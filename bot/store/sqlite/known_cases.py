"""Cases that were read before, kept in memory under the hash of their newest record: the log alone says what stands."""

from bot.store.sqlite import case_reading
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import Ledger
from policies.casework.case import Case

MOST = 5_000
"""How many cases are kept; further ones are read anew each time, rather than all of them in turn."""

_Mark = tuple[bytes, bytes]


class KnownCases:
    """Reads a case once for each of its versions.

    What was kept stands only while the newest record of the case, and the newest link between accounts, are the ones it
    was read with: their hashes commit to what they say, so that nothing else can be shown in their place.
    """

    def __init__(self, ledger: Ledger, most: int = MOST) -> None:
        self._ledger, self._most = ledger, most
        self._known: dict[int, tuple[_Mark, Case]] = {}

    def case(self, database: Database, number: int) -> Case:
        """Give a case as it stands; raises `Erased` for one whose key is gone."""
        mark = _mark(database, number)
        held = self._known.get(number)
        if held is not None and held[0] == mark:
            return held[1]
        self._known.pop(number, None)
        found = case_reading.case(database, self._ledger, number)
        if mark is not None and len(self._known) < self._most:
            self._known[number] = (mark, found)
        return found

    def forget_erased(self, database: Database) -> None:
        """Let go of the cases that were erased since, here or by another process."""
        for (number,) in database.execute("SELECT number FROM case_ WHERE erased IS NOT NULL").fetchall():
            self._known.pop(number, None)

    def __contains__(self, number: int) -> bool:
        """Whether anything of a case is kept."""
        return number in self._known


def _mark(database: Database, number: int) -> _Mark | None:
    """Give by what the present version of a case is known; nothing for one that was erased."""
    row = database.execute(_NEWEST, (number,)).fetchone()
    return None if row is None else (row[0], row[1] or b"")


_NEWEST = """
SELECT log.leaf_hash,
  (SELECT leaf_hash FROM log WHERE seq = (SELECT max(seq) FROM account_link))
FROM case_ AS c JOIN case_event AS e ON e.case_ = c.number AND e.number = c.version JOIN log ON log.seq = e.seq
WHERE c.number = ? AND c.erased IS NULL
"""
