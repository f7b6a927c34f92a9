"""Reading cases: one by its number, with the names of people as they stand now."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from bot.evidence.chance import CaseRef
from bot.evidence.words import Sealed
from bot.store.case_codec import put_together
from bot.store.codec import load, to_bytes
from bot.store.sqlite.case_projections import account_digest
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import Ledger
from bot.store.sqlite.vault import Erased, Vault
from policies.casework.case import Case, NotAllowed, case_of
from policies.casework.events import Happened
from policies.casework.people import Account, CaseId, PersonId
from policies.identifiers import CommunityId, MemberId, PlatformName

T = TypeVar("T")


def identity(database: Database, name: CaseId) -> tuple[int, CaseRef]:
    """Give a case's number, and the opaque name it has in the log; raises `NotAllowed` where there is none."""
    row = database.execute("SELECT number, ref, erased FROM case_ WHERE id = ?", (_readable(name),)).fetchone()
    if row is None:
        raise NotAllowed(f"There is no case {_readable(name)}. `hustings cases list` shows which there are.")
    if row[2] is not None:
        raise NotAllowed(f"{name} was erased; record {row[2]} of the log says under what authority.")
    return int(row[0]), CaseRef(row[1])


def number_of(database: Database, name: CaseId) -> int | None:
    """Give the number of a case that can be read."""
    row = database.execute("SELECT number FROM case_ WHERE id = ? AND erased IS NULL", (_readable(name),)).fetchone()
    return int(row[0]) if row else None


def case(database: Database, ledger: Ledger, number: int) -> Case:
    """Read a case with all that happened to it; everybody in it under the one name that they have now."""
    (name,) = database.execute("SELECT id FROM case_ WHERE number = ?", (number,)).fetchone()
    rows = database.execute(_PARTS, (number,)).fetchall()
    parts: dict[int, dict[str, bytes]] = {}
    for seq, field, group, blob in rows:
        parts.setdefault(seq, {})[field] = ledger.vault.unseal(group, seq, field, blob)[1]
    history = [put_together(found) for _, found in sorted(parts.items())]
    return case_of(CaseId(name), renamed(database, history))


def numbers(database: Database, kind: str, values: Iterable[str]) -> list[int]:
    """Give the numbers of the cases that are found by any of some values, oldest first."""
    wanted = list(values)
    marks = ", ".join("?" for _ in wanted)
    rows = database.execute(
        f"SELECT DISTINCT case_ FROM case_found WHERE kind = ? AND value IN ({marks}) ORDER BY case_", (kind, *wanted)
    ).fetchall()
    return [int(number) for (number,) in rows]


def person_of(database: Database, vault: Vault, account: Account) -> PersonId | None:
    """Give the name of whoever is behind an account, if it is known."""
    own = own_name(database, vault, account)
    return None if own is None else one_name(database, own)


def opaque_name(vault: Vault, account: Account) -> PersonId:
    """Make the name of whoever is behind an account; a member of two Discord servers is one account."""
    community = () if account.platform is PlatformName.DISCORD else (account.community,)
    return PersonId(f"P-{vault.digest('person in cases', account.platform, *community, account.member)[:8].hex()}")


def names(database: Database, person: PersonId) -> list[PersonId]:
    """Give every name that somebody has had, the one they go under first."""
    found = database.execute(_NAMES, (person,)).fetchall()
    return [PersonId(name) for (name,) in found] or [person]


def own_name(database: Database, vault: Vault, account: Account) -> PersonId | None:
    """Give the name that an account has by itself, whatever it is linked to; nothing if it is not known."""
    row = database.execute("SELECT person FROM account WHERE digest = ?", (account_digest(vault, account),)).fetchone()
    return None if row is None else PersonId(row[0])


def one_name(database: Database, person: PersonId) -> PersonId:
    """Give the one name that somebody goes under: of all that were linked, the one that was known first."""
    return names(database, person)[0]


def accounts(database: Database, ledger: Ledger, person: PersonId) -> list[Account]:
    """Read the accounts that are known of somebody, in the order in which they became known."""
    known = names(database, person)
    marks = ", ".join("?" for _ in known)
    rows = database.execute(f"SELECT seq FROM account WHERE person IN ({marks}) ORDER BY seq", known).fetchall()
    found = [load(ledger.sealed(database, seq)[Sealed.AUTHOR]) for (seq,) in rows]
    return [
        Account(
            platform=PlatformName(said["platform"]),
            community=CommunityId(said["community"]),
            member=MemberId(said["member"]),
        )
        for said in found
    ]


def linked(database: Database, ledger: Ledger) -> list[list[Account]]:
    """Read the accounts of everybody who is known to have several."""
    rows = database.execute("SELECT one FROM account_link WHERE one IS NOT NULL").fetchall()
    people = dict.fromkeys(one_name(database, PersonId(name)) for (name,) in rows)
    found = [accounts(database, ledger, person) for person in people]
    return [several for several in found if len(several) > 1]  # a link may have been undone


def unnamed(database: Database, ledger: Ledger, numbers: Iterable[int]) -> Iterator[bytes]:
    """Give every name and account of those who reported in some cases and asked not to be named."""
    for number in numbers:
        for (seq,) in database.execute("SELECT seq FROM report WHERE case_ = ?", (number,)).fetchall():
            with suppress(Erased):
                parts = ledger.sealed(database, seq)
                if load(parts[Sealed.BODY])["what"]["report"]["new"]["anonymous"]:
                    said = load(parts[Sealed.REPORTER])
                    person, account = said["reporter"], said["reporter_account"]
                    known = names(database, PersonId(person)) if person else []
                    members = [one.member for one in accounts(database, ledger, PersonId(person))] if person else []
                    for word in (*known, *members, said["key"], account["member"] if account else ""):
                        if word:
                            yield to_bytes(word)


def renamed(database: Database, history: list[Happened]) -> list[Happened]:
    """Give a history in which everybody goes under their one name."""
    linked = {
        name for row in database.execute("SELECT one, other FROM account_link WHERE one IS NOT NULL") for name in row
    }
    now = {name: one_name(database, PersonId(name)) for name in linked}
    changed = {name: one for name, one in now.items() if name != one}
    return [_with(happened, changed) for happened in history] if changed else history


def _with(value: T, changed: Mapping[str, PersonId]) -> T:
    """Put names in the place of others, wherever they stand; they are too long to stand anywhere by chance."""
    found: object = value
    if isinstance(value, str):
        found = changed.get(value, value)
    elif isinstance(value, tuple):
        found = tuple(_with(one, changed) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        found = replace(value, **{field.name: _with(getattr(value, field.name), changed) for field in fields(value)})
    return found  # type: ignore[return-value] # each is replaced by one of its own kind


def _readable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


_PARTS = (
    "SELECT s.seq, s.field, s.grp, s.blob FROM case_event AS e JOIN sealed AS s ON s.seq = e.seq"
    " WHERE e.case_ = ? AND s.field NOT LIKE 'attachment.%' ORDER BY s.seq"
)
_NAMES = """
WITH RECURSIVE same (person) AS (
  SELECT ?
  UNION
  SELECT CASE WHEN one = same.person THEN other ELSE one END FROM account_link AS l JOIN same
    ON same.person IN (one, other)
    AND NOT EXISTS (SELECT 1 FROM account_part AS p WHERE p.person IN (one, other) AND p.seq > l.seq)
)
SELECT person FROM same JOIN account USING (person) GROUP BY person ORDER BY min(seq)
"""
