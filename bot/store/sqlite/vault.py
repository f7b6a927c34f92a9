"""The vault: the keys of what is sealed, in a file of their own, each wrapped with the key in the key file."""

import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress

from bot.evidence.chance import SALT_BYTES, SYSTEM, PersonRef, RandomBytes, new_salt
from bot.evidence.errors import KeyRefused, SealBroken
from bot.evidence.leaves import commitment
from bot.evidence.sealing import DataKey, Place
from bot.evidence.wrapping import KeyRing
from bot.store.sqlite.connection import Database, Error, settle
from bot.store.sqlite.rows import insert

_SECRET = "digests"


class Erased(Exception):  # noqa: N818 - it names a state of the world
    """The key of a group is gone for good, and with it everything sealed under it."""


class Vault:
    """Seals and opens; new keys reach the disk before the records that need them.

    It has its own connection, used only by whoever holds the writer's turn.
    """

    def __init__(self, opened: Callable[[], Database], ring: KeyRing, chance: RandomBytes = SYSTEM) -> None:
        self._opened = opened
        self.ring = ring
        self._chance = chance
        self._database: Database | None = None
        self._pending: dict[str, tuple[DataKey, bytes]] = {}
        self._latest: tuple[str, DataKey] | None = None
        self._secret = b""

    @property
    def database(self) -> Database:
        """The connection to the keys, opened when it is needed first."""
        if self._database is None:
            self._database = self._opened()
        return self._database

    def close(self) -> None:
        """Let go of the file."""
        self._latest = None
        database, self._database = self._database, None
        if database is not None:
            with suppress(Error):  # what was committed is in the file or its log, and the next opening finds it
                database.close()

    def prepare(self) -> None:
        """Make sure that the wrapping key belongs to these keys; the first time, make the secret of the digests."""
        row = self._secret_row()
        if row is None:
            wrapped = self.ring.wrap(_SECRET, self._chance(32), self._chance)
            self.database.execute("INSERT INTO secret (name, wrapped) VALUES (?, ?)", (_SECRET, wrapped))
        self.read_secret()

    def read_secret(self) -> None:
        """Read the secret of the digests; raises `KeyRefused` if the wrapping key is another folder's."""
        row = self._secret_row()
        if row is None:
            raise KeyRefused("The file of keys is empty. Put it back from its copy.")
        try:
            self._secret = self.ring.unwrap(_SECRET, row[0])
        except SealBroken as error:
            raise KeyRefused(
                "The wrapping key does not open this folder's keys. Put the key file back that belongs to it."
            ) from error

    def digest(self, use: str, *parts: str) -> bytes:
        """Give what a name is found by; equal names give equal digests, and nobody else can make them."""
        said = bytearray()
        for part in (use, *parts):
            encoded = part.encode("utf-8", "surrogatepass")
            said += len(encoded).to_bytes(8, "big")
            said += encoded
        return hmac.digest(self._secret, said, "sha256")

    def person(self, *parts: str) -> PersonRef:
        """Give the opaque name of somebody who acts on the record, always the same."""
        return PersonRef(f"p_{self.digest('person', *parts)[:16].hex()}")

    def new_group(self, group: str) -> None:
        """Make the key of a group."""
        key = DataKey.new(self._chance)
        self._pending[group] = (key, self.ring.wrap(group, key.secret, self._chance))

    def has(self, group: str) -> bool:
        """Whether the key of a group is there."""
        if group in self._pending:
            return True
        return self.database.execute("SELECT 1 FROM dek WHERE grp = ?", (group,)).fetchone() is not None

    def seal_all(self, group: str, seq: int, values: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
        """Seal values by their fields, each with a fresh salt; gives commitments for the leaf, and the sealed bytes."""
        if not values:
            return {}
        key, sealed = self.key(group), {}
        for field, value in values.items():
            salt = new_salt(self._chance)
            closed = key.seal(Place(group, field, seq), salt + value, self._chance)
            sealed[field] = (commitment(salt, value), closed)
        return sealed

    def seal_salt(self, group: str, seq: int, field: str, salt: bytes) -> bytes:
        """Seal the salt of a commitment to something that lies in a file of its own."""
        return self.key(group).seal(Place(group, field, seq), salt, self._chance)

    def unseal(self, group: str, seq: int, field: str, sealed: bytes) -> tuple[bytes, bytes]:
        """Give salt and value; raises `Erased` when there is no key any more, `SealBroken` when bytes were changed."""
        opened = self.key(group).open(Place(group, field, seq), sealed)
        return opened[:SALT_BYTES], opened[SALT_BYTES:]

    def key(self, group: str) -> DataKey:
        """Give the key of a group; raises `Erased` when it is gone."""
        if self._latest is not None and self._latest[0] == group:
            return self._latest[1]
        if group in self._pending:
            return self._pending[group][0]
        row = self.database.execute("SELECT wrapped FROM dek WHERE grp = ?", (group,)).fetchone()
        if row is None:
            raise Erased(f"The key of {group} is gone.")
        self._latest = (group, DataKey(self.ring.unwrap(group, row[0])))
        return self._latest[1]

    def mark(self) -> int:
        """Give how many keys are new, to come back to."""
        return len(self._pending)

    def forget_since(self, mark: int) -> None:
        """Drop the keys made since a mark: the work that needed them failed."""
        for group in list(self._pending)[mark:]:
            del self._pending[group]
        self._latest = None

    def commit(self) -> None:
        """Put the new keys on the disk."""
        self._latest = None
        if not self._pending:
            return
        database = self.database
        try:
            database.execute("BEGIN IMMEDIATE")
            insert(database, "dek (grp, wrapped)", [(group, wrapped) for group, (_, wrapped) in self._pending.items()])
            database.execute("COMMIT")
        except BaseException:
            self.close()
            raise
        self._pending.clear()

    def roll_back(self) -> None:
        """Drop the new keys."""
        self.forget_since(0)

    def erase(self, groups: list[str]) -> int:
        """Destroy keys, so that no byte of them is left in the file or its write-ahead log; gives how many there were.

        Harmless when repeated. Raises `OSError` while somebody else still reads the file.
        """
        self._latest = None
        database = self.database
        try:
            database.execute("BEGIN IMMEDIATE")
            gone = sum(database.execute("DELETE FROM dek WHERE grp = ?", (group,)).rowcount for group in groups)
            database.executemany("INSERT INTO erased (grp) VALUES (?) ON CONFLICT DO NOTHING", [(g,) for g in groups])
            database.execute("COMMIT")
            busy = not settle(database)
        except BaseException:
            self.close()
            raise
        if busy:
            raise OSError("somebody else reads the keys at this moment; run the command again")
        return gone

    def erased(self) -> list[str]:
        """Give the groups whose keys were destroyed."""
        return [group for (group,) in self.database.execute("SELECT grp FROM erased ORDER BY grp")]

    def groups(self) -> set[str]:
        """Give the groups that can be opened."""
        return {group for (group,) in self.database.execute("SELECT grp FROM dek")}

    def rewrap(self, ring: KeyRing) -> int:
        """Wrap every key anew with the present key of a ring that knows the former one too; gives how many."""
        database = self.database
        database.execute("BEGIN IMMEDIATE")
        try:
            count = 0
            for table, column in (("dek", "grp"), ("secret", "name")):
                for name, wrapped in database.execute(f"SELECT {column}, wrapped FROM {table}").fetchall():
                    again = ring.rewrap(name, wrapped, self._chance)
                    database.execute(f"UPDATE {table} SET wrapped = ? WHERE {column} = ?", (again, name))
                    count += 1
            database.execute("COMMIT")
            settle(database)
        except BaseException:
            self.close()
            raise
        self.ring, self._latest = ring, None
        return count

    def _secret_row(self) -> tuple[bytes] | None:
        row: tuple[bytes] | None = self.database.execute(
            "SELECT wrapped FROM secret WHERE name = ?", (_SECRET,)
        ).fetchone()
        return row
