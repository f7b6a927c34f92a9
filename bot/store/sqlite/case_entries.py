"""What is recorded of each thing that happens to a case: what the leaf says openly, and what is sealed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum

from bot.evidence.chance import SYSTEM, CaseRef, IncidentRef, RandomBytes
from bot.evidence.errors import LeafRefused
from bot.evidence.leaves import MOST, PolicyRef, policy_id
from bot.evidence.words import CODES, Kind, Number, Role, Sealed
from bot.store.case_codec import take_apart
from bot.store.codec import dump, to_bytes
from bot.store.sqlite.case_kinds import KIND_OF
from bot.store.sqlite.ledger import Entry
from bot.store.sqlite.vault import Vault
from policies.casework import events as e
from policies.casework.people import Account, PersonId
from policies.casework.words import Channel, ConflictKind
from policies.decisions import PolicyVersion

LARGEST_FILE = 8 << 20
"""The most bytes of a file that comes with a report."""

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""No letter that is taken for another one, or for a digit, when it is read out or written by hand."""

_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UNSAID = frozenset({ConflictKind.IS_REPORTER})
"""What no leaf says: it would tell who reported."""


def new_code(chance: RandomBytes = SYSTEM) -> str:
    """Make a receipt code: four times four letters, one of 23^16."""
    letters: list[str] = []
    while len(letters) < 16:
        letters += [_LETTERS[byte % 23] for byte in chance(16) if byte < 230]  # 230 is ten times 23: none is likelier
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 16, 4))


def plain_code(given: str) -> str:
    """Read a receipt code as people write it: in any case, with or without dashes and spaces."""
    return "".join(letter for letter in given.upper() if letter.isalpha())


def of_happened(
    happened: e.Happened,
    ref: CaseRef,
    version: int,
    *,
    vault: Vault,
    incident: IncidentRef | None = None,
    files: Mapping[str, bytes],
) -> Entry:
    """Record one thing that happened to a case; `version` is its place in the history, counted from 1."""
    what, by = happened.what, happened.by
    named = by.office is not None and bool(by.officer)
    kept = {} if not isinstance(what, e.ReportJoined) else _files(what, files)
    numbers = {Number.VERSION.value: version}
    if kept:
        numbers[Number.ITEMS.value] = len(kept)
    return Entry(
        kind=KIND_OF[type(what)],
        role=Role(str(by.office)) if named else _nameless(what),
        group=ref,
        actor=vault.person("steward", by.officer) if named else None,
        case=ref,
        incident=incident,
        policy=_policy(what.policy) if isinstance(what, e.CaseDecided) and what.policy else None,
        rules=_rules(what.rules) if isinstance(what, e.CaseDecided) else (),
        codes=tuple(dict.fromkeys(_codes(what)))[: MOST - 1],
        numbers=numbers,
        plat_at=happened.at,
        sealed={**take_apart(happened), **kept},
    )


def of_account(account: Account, person: PersonId, group: str) -> Entry:
    """Record that an account goes under an opaque name."""
    said = {"platform": account.platform.value, "community": account.community, "member": account.member}
    return Entry(
        kind=Kind.ACCOUNT_KNOWN,
        group=group,
        sealed={Sealed.BODY.value: dump({"person": person}), Sealed.AUTHOR.value: dump(said)},
    )


def of_link(one: PersonId, other: PersonId, group: str, by: str, vault: Vault) -> Entry:
    """Record that two names are one person's."""
    said = {"one": one, "other": other}
    return Entry(
        kind=Kind.ACCOUNTS_LINKED,
        role=Role.STEWARD if by else Role.BOT,
        actor=vault.person("steward", by) if by else None,
        group=group,
        sealed={Sealed.BODY.value: dump(said), **({Sealed.NOTE.value: to_bytes(by)} if by else {})},
    )


def of_parting(person: PersonId, words: str, by: str, vault: Vault) -> Entry:
    """Record that a name stands by itself from here on."""
    return Entry(
        kind=Kind.ACCOUNT_PARTED,
        role=Role.STEWARD,
        actor=vault.person("steward", by),
        group=person,
        sealed={
            Sealed.BODY.value: dump({"person": person}),
            Sealed.NOTE.value: to_bytes(by),
            Sealed.REASON.value: to_bytes(words),
        },
    )


def _nameless(what: e.CaseEvent) -> Role:
    if isinstance(what, e.ReportJoined):
        return Role.BOT if what.report.new.channel is Channel.DETECTION else Role.MEMBER
    return Role.MEMBER if isinstance(what, e.AppealMade) else Role.BOT


def _codes(what: object) -> Iterator[str]:
    """Give the words of closed lists in an event, and in the sanctions of a decision; never what it is about."""
    if isinstance(what, e.ReportJoined):
        yield what.report.new.channel.value
        return
    for field in fields(what):  # type: ignore[arg-type] # every event is a dataclass
        value = getattr(what, field.name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, StrEnum) and one.value in CODES and one not in _UNSAID:
                yield one.value
            elif isinstance(one, e.SanctionChosen):
                yield one.kind.value


def _files(what: e.ReportJoined, files: Mapping[str, bytes]) -> dict[str, bytes]:
    given = enumerate(what.report.new.files, 1)
    return {Sealed.ATTACHMENT.numbered(number): files[file.sha256] for number, file in given if file.sha256 in files}


def _rules(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Give the rules that a leaf can hold; one that is no id stands in the sealed part alone."""
    return tuple(dict.fromkeys(rule for rule in rules if len(rule) <= 64 and _RULE.fullmatch(rule)))[:MOST]


def _policy(version: PolicyVersion) -> PolicyRef | None:
    try:
        return PolicyRef(id=policy_id(version.name), version=version.version, sha256=version.sha256)
    except LeafRefused:
        return None
