"""The steps by which policies came into force, in the record: each is one row of the log, with the file under seal."""

from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256

from bot.evidence.leaves import Leaf, PolicyRef, policy_id
from bot.evidence.words import Kind, Role, Sealed
from bot.store.codec import dump, load, to_bytes, to_text
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.ledger import Entry, Ledger, leaf_at, size
from bot.store.sqlite.stewardship import Steward, acting
from bot.store.sqlite.writer import Writer
from policies.casework.adoption import AdoptionStep, PolicyAdopted, PolicyAnswered, PolicyProposed, Taken
from policies.casework.people import THE_BOT, By
from policies.casework.words import Office
from policies.decisions import PolicyVersion

_STEPS = (
    'SELECT seq FROM log WHERE seq > ? AND seq <= ? AND instr(leaf, CAST(\'"kind":"policy.\' AS BLOB)) ORDER BY seq'
)
_KINDS: dict[type[AdoptionStep], Kind] = {
    PolicyProposed: Kind.POLICY_PROPOSED,
    PolicyAnswered: Kind.POLICY_ANSWERED,
    PolicyAdopted: Kind.POLICY_ADOPTED,
}


class SqliteAdoptions:
    """Keeps the steps under a key of their own; none is ever changed."""

    def __init__(self, writer: Writer, ledger: Ledger) -> None:
        self._writer, self._ledger = writer, ledger
        self._known: tuple[int, tuple[int, ...]] = (0, ())

    async def all(self) -> Sequence[Taken]:
        """Give every step, oldest first."""
        return await answered(self._writer.read(self._all), "read")

    async def keep(self, by: By, what: AdoptionStep, text: bytes) -> None:
        """Keep one more step, and the file that it is about."""
        await answered(self._writer.write(lambda database: self._keep(database, by, what, text)), "written")

    async def text(self, sha256: str) -> bytes | None:
        """Give a file that was proposed or adopted, by the SHA-256 of its bytes in hex."""

        def work(database: Database) -> bytes | None:
            for seq in reversed(self._steps(database)):
                leaf = leaf_at(database, seq)
                if leaf.policy is not None and leaf.policy.sha256 == sha256 and Sealed.TEXT.value in leaf.commit:
                    return self._ledger.sealed(database, seq)[Sealed.TEXT.value]
            return None

        return await answered(self._writer.read(work), "read")

    def _all(self, database: Database) -> list[Taken]:
        return [self._read(database, leaf_at(database, seq)) for seq in self._steps(database)]

    def _steps(self, database: Database) -> tuple[int, ...]:
        """Find the records of the steps; the log only grows, so each record is looked at once."""
        last, (upto, known) = size(database), self._known
        rows = database.execute(_STEPS, (upto, last)).fetchall()
        self._known = last, (*known, *(int(seq) for (seq,) in rows))
        return self._known[1]

    def _keep(self, database: Database, by: By, what: AdoptionStep, text: bytes) -> None:
        vault, policy = self._ledger.vault, what.policy
        group = vault.person("policy", "adopted")
        if not vault.has(group):
            vault.new_group(group)
        role = Role(by.office.value) if by.office else Role.BOT
        sealed = {Sealed.BODY.value: dump(_written(what)), Sealed.AUTHOR.value: dump({"name": by.officer})}
        if not isinstance(what, PolicyAdopted):
            sealed[Sealed.NOTE.value] = to_bytes(what.words)
        if text:
            sealed[Sealed.TEXT.value] = text
        entry = Entry(
            kind=_KINDS[type(what)],
            role=role,
            group=group,
            actor=None if by == THE_BOT else acting(vault, Steward(by.officer, role)),
            policy=PolicyRef(id=policy_id(policy.name), version=policy.version, sha256=policy.sha256),
            sealed=sealed,
        )
        append(database, self._ledger, entry)

    def _read(self, database: Database, leaf: Leaf) -> Taken:
        parts = self._ledger.sealed(database, leaf.seq)
        said, words = load(parts[Sealed.BODY.value]), to_text(parts.get(Sealed.NOTE.value, b""))
        assert leaf.policy is not None  # every step names one
        policy = PolicyVersion(name=said["name"], version=leaf.policy.version, sha256=leaf.policy.sha256)
        office = None if leaf.role is Role.BOT else Office(leaf.role.value)
        by = By(office, str(load(parts[Sealed.AUTHOR.value])["name"]))
        what: AdoptionStep
        match leaf.kind:
            case Kind.POLICY_PROPOSED:
                expires_at = datetime.fromisoformat(said["expires_at"])
                what = PolicyProposed(policy=policy, words=words, expires_at=expires_at)
            case Kind.POLICY_ANSWERED:
                what = PolicyAnswered(policy=policy, granted=bool(said["granted"]), words=words)
            case _:
                what = PolicyAdopted(policy=policy)
        return Taken(at=leaf.at, by=by, what=what)


def policies_kept(database: Database, ledger: Ledger, wanted: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """Give those of some policies, by their SHA-256, whose file the log keeps: the record that does, and the file."""
    found: dict[str, tuple[int, bytes]] = {}
    for (seq,) in database.execute(_STEPS, (0, size(database))).fetchall() if wanted else ():
        leaf = leaf_at(database, seq)
        if leaf.policy is None or leaf.policy.sha256 not in wanted or Sealed.TEXT.value not in leaf.commit:
            continue
        if leaf.kind is Kind.POLICY_ADOPTED or leaf.policy.sha256 not in found:
            found[leaf.policy.sha256] = int(seq), ledger.sealed(database, seq)[Sealed.TEXT.value]
    return {named: (seq, text) for named, (seq, text) in found.items() if sha256(text).hexdigest() == named}


def _written(what: AdoptionStep) -> dict[str, object]:
    match what:
        case PolicyProposed():
            return {"name": what.policy.name, "expires_at": what.expires_at.isoformat()}
        case PolicyAnswered():
            return {"name": what.policy.name, "granted": what.granted}
    return {"name": what.policy.name}
