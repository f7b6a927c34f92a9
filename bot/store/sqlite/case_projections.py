"""What records of cases do to the tables in which cases are found."""

from collections.abc import Mapping, Sequence

from bot.evidence.leaves import Leaf
from bot.evidence.words import Kind, Number, Sealed
from bot.store.case_codec import put_together
from bot.store.codec import load, moment
from bot.store.sqlite.case_kinds import CASE_KINDS
from bot.store.sqlite.connection import Database
from bot.store.sqlite.vault import Vault
from policies.casework import events as e
from policies.casework.people import Account
from policies.casework.words import CaseKind, CaseState, Channel, Verdict
from policies.decisions import Severity
from policies.identifiers import MessageRef, PlatformName

TABLES = ("account_part", "account_link", "account", "case_view", "case_found", "report", "case_event", "case_")
"""In the order in which they can be dropped."""

Value = str | bytes | int | None
Said = tuple[tuple[Value, ...], tuple[tuple[str, str], ...]]
"""The values of a row, and what the case is found by: of which kind, and what."""

_PEOPLE = frozenset({Kind.ACCOUNT_KNOWN, Kind.ACCOUNTS_LINKED, Kind.ACCOUNT_PARTED})
_KINDS = frozenset(kind.value for kind in CaseKind)
_STATES = frozenset(state.value for state in CaseState)
_SEVERITIES = frozenset(severity.value for severity in Severity)
_VERDICTS = frozenset(verdict.value for verdict in Verdict)
_CHANNELS = frozenset(channel.value for channel in Channel)


def is_of_cases(leaf: Leaf) -> bool:
    """Whether a record is about a case, or about the people in cases."""
    return leaf.case is not None or leaf.kind in _PEOPLE


def said(vault: Vault, leaf: Leaf, parts: Mapping[str, bytes] | None) -> Said:
    """Say what a record does to the tables, given what is sealed with it, or nothing if that was erased.

    What stands in the tables for good follows from the leaf alone, so that erasure changes nothing of it.
    """
    if leaf.kind is Kind.ACCOUNT_KNOWN:
        account = load(parts[Sealed.AUTHOR]) if parts else None
        person = load(parts[Sealed.BODY])["person"] if parts else None
        return (None if account is None else _account_digest(vault, account), person), ()
    if leaf.kind is Kind.ACCOUNTS_LINKED:
        body = load(parts[Sealed.BODY]) if parts else {}
        return (body.get("one"), body.get("other")), ()
    if leaf.kind is Kind.ACCOUNT_PARTED:
        return (load(parts[Sealed.BODY])["person"] if parts else None,), ()
    values: tuple[Value, ...] = (leaf.case, moment(leaf.plat_at or leaf.at), leaf.actor, " ".join(leaf.codes))
    if leaf.kind not in CASE_KINDS:
        return values, ()
    values += (leaf.numbers[Number.VERSION],)
    match leaf.kind:
        case Kind.CASE_OPENED:
            values += (_word(leaf, _KINDS), _word(leaf, _SEVERITIES))
        case Kind.CASE_MOVED:
            values += (_word(leaf, _STATES),)
        case Kind.SEVERITY_SET:
            values += (_word(leaf, _SEVERITIES),)
        case Kind.REPORT_JOINED:
            values += (_word(leaf, _CHANNELS), values[1])
        case Kind.DECISION_MADE:
            values += (_word(leaf, _VERDICTS), leaf.commit[Sealed.REASONS])
    return values, () if parts is None else _found(vault, leaf, parts)


def apply(database: Database, kind: str, seq: int, said: Said) -> None:
    """Bring the tables up to one record."""
    values, found = said
    match kind:
        case Kind.ACCOUNT_KNOWN:
            database.execute("INSERT INTO account (seq, digest, person) VALUES (?, ?, ?)", (seq, *values))
            return
        case Kind.ACCOUNTS_LINKED:
            database.execute("INSERT INTO account_link (seq, one, other) VALUES (?, ?, ?)", (seq, *values))
            return
        case Kind.ACCOUNT_PARTED:
            database.execute("INSERT INTO account_part (seq, person) VALUES (?, ?)", (seq, *values))
            return
        case Kind.CASE_OPENED:
            _open(database, seq, values)
    ref, at, actor, codes, *more = values
    (number,) = database.execute("SELECT number FROM case_ WHERE ref = ?", (ref,)).fetchone()
    if kind == Kind.EVIDENCE_ERASED:
        database.execute("UPDATE case_ SET erased = ? WHERE number = ?", (seq, number))
        database.execute("DELETE FROM case_found WHERE case_ = ?", (number,))
        return
    if kind not in CASE_KINDS:
        database.execute(_VIEW, (seq, number, at, actor, codes))
        return
    version, *more = more
    database.execute(_EVENT, (seq, number, version, kind, at, actor, codes))
    if kind != Kind.CASE_OPENED:
        database.execute("UPDATE case_ SET version = ? WHERE number = ?", (version, number))
        _move(database, kind, seq, number, more)
    for what, value in found:
        database.execute(_FOUND, (seq, number, what, value))


def account_digest(vault: Vault, account: Account) -> str:
    """Give what an account is found by."""
    return vault.digest("account", account.platform, account.community, account.member).hex()


def key_digest(vault: Vault, key: str) -> str:
    """Give what a report is known again by."""
    return vault.digest("report", key).hex()


def code_digest(vault: Vault, code: str) -> str:
    """Give what a receipt code is found by; whoever has the record alone cannot try codes against it."""
    return vault.digest("receipt", code).hex()


def message_digest(vault: Vault, ref: MessageRef) -> str:
    """Give what the reports about a message are found by."""
    return vault.digest("reported", ref.platform, ref.community, ref.channel, ref.message).hex()


def incident_digest(vault: Vault, incident: str) -> str:
    """Give what the cases with an incident are found by."""
    return vault.digest("case-incident", incident).hex()


def _account_digest(vault: Vault, account: dict[str, str]) -> str:
    return vault.digest("account", PlatformName(account["platform"]), account["community"], account["member"]).hex()


def _open(database: Database, seq: int, values: tuple[Value, ...]) -> None:
    ref, at, _, _, version, kind, severity = values
    (number,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM case_").fetchone()
    name = f"C-{str(at)[:4]}-{number:06d}"
    database.execute(_CASE, (seq, number, name, ref, at, kind, severity, CaseState.RECEIVED.value, version))


def _move(database: Database, kind: str, seq: int, number: int, more: Sequence[Value]) -> None:
    match kind:
        case Kind.CASE_MOVED:
            database.execute("UPDATE case_ SET state = ? WHERE number = ?", (more[0], number))
        case Kind.SEVERITY_SET:
            database.execute("UPDATE case_ SET severity = ? WHERE number = ?", (more[0], number))
        case Kind.DECISION_MADE:
            state = CaseState.DECIDED.value
            database.execute(_DECIDED, (state, seq, *more, number))
        case Kind.APPEAL_MADE | Kind.APPEAL_DECIDED:
            state = CaseState.APPEALED if kind == Kind.APPEAL_MADE else CaseState.APPEAL_DECIDED
            database.execute("UPDATE case_ SET state = ? WHERE number = ?", (state.value, number))
        case Kind.REPORT_JOINED:
            (report,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM report").fetchone()
            channel, at = more
            database.execute(_REPORT, (seq, report, report_name(str(at), report), number, channel))


def report_name(at: str, number: int) -> str:
    """Give the name of a report by when it came and its number."""
    return f"R-{at[:4]}-{number:06d}"


def _found(vault: Vault, leaf: Leaf, parts: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    if leaf.kind not in (Kind.REPORT_JOINED, Kind.INCIDENT_LINKED, Kind.PERSON_NAMED):
        return ()
    what = put_together(parts).what
    found = set()
    match what:
        case e.ReportJoined():
            found = {("key", key_digest(vault, what.report.new.key)), ("code", what.report.code_hash)}
            if what.report.new.message is not None:
                found.add(("message", message_digest(vault, what.report.new.message)))
        case e.IncidentLinked():
            found = {("incident", incident_digest(vault, what.incident))}
        case e.PersonNamed():
            found = {("person", what.person)}
    return tuple(sorted(found))


def _word(leaf: Leaf, words: frozenset[str]) -> str:
    return next(code for code in leaf.codes if code in words)


_CASE = (
    "INSERT INTO case_ (seq, number, id, ref, opened_at, kind, severity, state, version)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DECIDED = "UPDATE case_ SET state = ?, decision = ?, verdict = ?, reasons = ? WHERE number = ?"
_EVENT = "INSERT INTO case_event (seq, case_, number, kind, at, actor, codes) VALUES (?, ?, ?, ?, ?, ?, ?)"
_VIEW = "INSERT INTO case_view (seq, case_, at, actor, codes) VALUES (?, ?, ?, ?, ?)"
_REPORT = "INSERT INTO report (seq, number, id, case_, channel) VALUES (?, ?, ?, ?, ?)"
_FOUND = "INSERT INTO case_found (seq, case_, kind, value) VALUES (?, ?, ?, ?)"
