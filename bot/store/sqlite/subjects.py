"""What is kept about one person: two people agree that it is handed out, that is put on record, and it is gathered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from bot.evidence.chance import IncidentRef
from bot.evidence.leaves import Leaf
from bot.evidence.words import Code, Kind, Number, Sealed
from bot.store.codec import dump, load
from bot.store.sqlite import reading
from bot.store.sqlite.connection import Database
from bot.store.sqlite.entries import kept
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.ledger import Entry, Ledger, leaf_at
from bot.store.sqlite.stewardship import Refused, Steward, acting, ensure_second
from bot.store.sqlite.vault import Erased
from bot.store.sqlite.writer import Writer
from bot.store.subject_data import About, Everybody, Person, SubjectData, Telling
from policies.acts import Act
from policies.identifiers import IncidentId
from policies.incidents import Incident
from policies.surroundings import Surroundings

Progress = Callable[[int, int], None]
"""Is told how many of how many incidents are read."""


_PURPOSE = Code.PURPOSE_SUBJECT_ACCESS.value
_OF_SUBJECTS = "SELECT seq FROM log WHERE instr(leaf, ?) AND instr(leaf, ?) ORDER BY seq DESC"


class SubjectAccess:
    """Puts on record that somebody is handed what is kept about them."""

    def __init__(self, writer: Writer, ledger: Ledger) -> None:
        self._writer = writer
        self._ledger = ledger

    async def request(self, person: Person, who: Steward) -> int:
        """Ask for it; a second person has to agree. Gives the record that says so, which names nobody."""

        def work(database: Database) -> int:
            said = dump({"subject": self._digest(person)})
            return self._append(database, Kind.EXPORT_REQUESTED, who, body=said).seq

        return await answered(self._writer.write(work), "written")

    async def ensure_asked(self, person: Person, who: Steward) -> None:
        """Refuse unless somebody else has asked."""
        await answered(self._writer.read(lambda db: self._asked(db, person, who)), "read")

    async def agree(self, person: Person, who: Steward, shown: Sequence[IncidentId]) -> int:
        """Agree to what somebody else asked for; that it was exported, and every view, is on record when this returns.

        Gives the record that says so. Raises `Refused` without a request of somebody else.
        """

        def work(database: Database) -> int:
            asked = self._asked(database, person, who)
            for name in shown:
                _, ref = reading.identity(database, name)
                self._append(database, Kind.EVIDENCE_VIEWED, who, incident=ref)
            numbers = {Number.OF_SEQ.value: asked.seq, Number.ITEMS.value: len(shown)}
            return self._append(database, Kind.EVIDENCE_EXPORTED, who, numbers=numbers).seq

        return await answered(self._writer.write(work), "written")

    def _asked(self, database: Database, person: Person, who: Steward) -> Leaf:
        """Give the latest request about a person that no export followed from."""
        digest = self._digest(person)
        exported = _of_subjects(database, Kind.EVIDENCE_EXPORTED)
        done = {leaf_at(database, seq).numbers.get(Number.OF_SEQ) for seq in exported}
        for seq in _of_subjects(database, Kind.EXPORT_REQUESTED):
            if seq not in done and load(self._ledger.sealed(database, seq)[Sealed.BODY]).get("subject") == digest:
                asked = leaf_at(database, seq)
                ensure_second(self._ledger.vault, asked.actor, asked.role, who, "anything is handed out")
                return asked
        raise Refused(f"Nobody has asked for what is kept about {person}. The first person asks, a second agrees.")

    def _digest(self, person: Person) -> str:
        return self._ledger.vault.digest("subject", person.platform, person.member).hex()

    def _append(
        self,
        database: Database,
        kind: Kind,
        who: Steward,
        *,
        incident: IncidentRef | None = None,
        numbers: Mapping[str, int] | None = None,
        body: bytes = b"",
    ) -> Leaf:
        actor = acting(self._ledger.vault, who)
        entry = Entry(
            kind=kind,
            role=who.role,
            group=actor,
            actor=actor,
            incident=incident,
            codes=(_PURPOSE,),
            numbers=numbers or {},
            sealed={Sealed.AUTHOR.value: dump({"name": who.name}), **({Sealed.BODY.value: body} if body else {})},
        )
        return append(database, self._ledger, entry)


def gather_subject(
    database: Database, ledger: Ledger, person: Person, told: Progress = lambda done, of: None
) -> SubjectData:
    """Go through the whole record for what is kept about a person; of anybody else it gives nothing.

    Everything is read twice: first to know who everybody is, so that nobody is named to this person.
    """
    database.execute("BEGIN")
    try:
        rows = database.execute("SELECT number FROM incident WHERE erased IS NULL ORDER BY number").fetchall()
        numbers = [number for (number,) in rows]
        everybody, of = Everybody(person), 2 * len(numbers)
        free = list(_free_acts(database, ledger))
        for act in free:
            everybody.meet_act(act)
        for done, number in enumerate(numbers, 1):
            everybody.meet(*_read(database, ledger, number))
            told(done, of)
        telling = Telling(person, everybody)
        for act in free:
            telling.act(act)
        for done, number in enumerate(numbers, len(numbers) + 1):
            incident, looks = _read(database, ledger, number)
            telling.incident(About(incident, looks, _views(database, number)))
            told(done, of)
        return telling.data
    finally:
        database.execute("ROLLBACK")


def _read(database: Database, ledger: Ledger, number: int) -> tuple[Incident, Sequence[Surroundings]]:
    return reading.incident(database, ledger, number), reading.context(database, ledger, number)


def _free_acts(database: Database, ledger: Ledger) -> Iterator[Act]:
    for (seq,) in database.execute("SELECT seq FROM act WHERE incident IS NULL ORDER BY seq").fetchall():
        with suppress(Erased):
            yield kept(database, ledger, seq, Act)


def _views(database: Database, number: int) -> Mapping[str, int]:
    """Count how often somebody looked at the words of an incident, by what for.

    Packs are not counted: that one was made for the police is not for the person to hear from the bot.
    """
    rows = database.execute(
        "SELECT codes, count(*) FROM about WHERE incident = ? AND kind = ? GROUP BY codes ORDER BY codes",
        (number, Kind.EVIDENCE_VIEWED.value),
    )
    return dict(rows.fetchall())


def _of_subjects(database: Database, kind: Kind) -> list[int]:
    """Give the records of a kind that are about what is kept of a person, the latest first."""
    rows = database.execute(_OF_SUBJECTS, (f'"kind":"{kind.value}"'.encode(), f'"{_PURPOSE}"'.encode()))
    return [seq for (seq,) in rows.fetchall()]
