"""Who has a stake in a case and is kept out of it: what is declared and what the record shows (evidence.md R39)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import CaseId, Officer, PersonId
from policies.casework.words import ConflictKind, Office, Part

KEPT_OUT = "It is somebody else's, or there is no such case, or you must not take part; which of these is not shown."
"""The one reason that anybody is given, so that it tells nothing of who reported."""

DECLARED = (
    ConflictKind.SAME_BRANCH,
    ConflictKind.SAME_SLATE,
    ConflictKind.SAME_EMPLOYER,
    ConflictKind.PARTY_TO_IT,
    ConflictKind.DECLARED,
)
"""The stakes that officers declare themselves, each put on record as it was declared."""

_CLOSE = (Part.REPORTER, Part.TARGET, Part.SUBJECT)
"""The parts in which somebody of the same branch, slate or employer gives an officer a stake."""

_IS = {
    Part.REPORTER: ConflictKind.IS_REPORTER,
    Part.TARGET: ConflictKind.IS_TARGET,
    Part.SUBJECT: ConflictKind.IS_SUBJECT,
    Part.WITNESS: ConflictKind.IS_WITNESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonds:
    """What somebody belongs to; an empty word is unknown, letter case and spaces do not count."""

    branch: str = ""
    slate: str = ""
    employer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What is known of people besides the case: their bonds, who the officers are, who posted around it.

    `officers` gives the person behind every officer's id, so that one person under two ids is one. `posted` are
    those who posted in the thread or channel of the case's messages at the time. `renamed` gives the one opaque name
    of whoever was known under another one before their accounts were linked.
    """

    bonds: Mapping[PersonId, Bonds] = field(default_factory=dict)
    officers: Mapping[str, PersonId] = field(default_factory=dict)
    posted: frozenset[PersonId] = frozenset()
    renamed: Mapping[PersonId, PersonId] = field(default_factory=dict)

    def one(self, person: PersonId) -> PersonId:
        """Give the name under which somebody goes now."""
        return self.renamed.get(person, person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who can take an office in a case; `outside` says that everybody inside is recused. Nobody at all is possible."""

    able: tuple[Officer, ...] = ()
    outside: bool = False

    @property
    def first(self) -> Officer | None:
        """Give the one on whom the lot fell."""
        return self.able[0] if self.able else None


def conflicts(
    officer: Officer, case: Case, history: Sequence[Case], ties: Ties, *, office: Office | None = None
) -> tuple[ConflictKind, ...]:
    """Give every reason why an officer may not see or touch a case; empty if there is none.

    `history` are the other cases in which those of this one, or the officer, had a part. With an `office`, having
    acted in another one of this case is a reason too: it bars no look, only the second office.
    """
    found = {
        *_declared(officer, case, ties),
        *_parts(officer, case, ties),
        *_bonds(officer, case, ties),
        *_sanctions(officer, case, history, ties),
    }
    if officer.person is not None and ties.one(officer.person) in _posted(case, ties):
        found.add(ConflictKind.POSTED_IN_THREAD)
    if office is not None and any(held is not office and _same(officer, who, ties) for held, who in offices_held(case)):
        found.add(ConflictKind.EARLIER_OFFICE)
    return tuple(kind for kind in ConflictKind if kind in found)


def noted(kind: ConflictKind) -> ConflictKind:
    """Give what is put on record of a stake: declared ones as they are, noticed ones all under one name."""
    return kind if kind in DECLARED else ConflictKind.WITHHELD


def offices_held(case: Case) -> frozenset[tuple[Office, str]]:
    """Give who took or acted in which office so far, whoever holds it now; a refused look is no act."""
    acted = ((one.by.office, one.by.officer) for one in case.history if not isinstance(one.what, e.ViewRefused))
    assigned = ((one.what.office, one.what.officer) for one in case.history if isinstance(one.what, e.Assigned))
    return frozenset((office, officer) for office, officer in (*acted, *assigned) if office is not None and officer)


def deciders(case: Case, *, first_only: bool = False) -> frozenset[str]:
    """Give who decided the case, asked for what was decided or agreed to it; `first_only` leaves the appeal out.

    None of those who had to do with the first decision may decide its appeal.
    """
    return frozenset(
        one.by.officer
        for one in case.history
        if isinstance(one.what, e.CaseDecided | e.AppealDecided | e.ApprovalGiven | e.ApprovalAsked)
        and one.by.officer
        and not (first_only and one.by.office is Office.APPEAL)
    )


def choose(office: Office, officers: Iterable[Officer], case: Case, history: Sequence[Case], ties: Ties) -> Choice:
    """Give who can take an office, by a lot that the case's id draws; from outside only where nobody inside can."""
    everybody = sorted(officers, key=lambda officer: _lot(case.id, officer.id))
    inside = tuple(
        officer
        for officer in everybody
        if not officer.external and office in officer.offices and _able(officer, case, history, ties, office)
    )
    if inside:
        return Choice(able=inside)
    outside = tuple(
        officer
        for officer in everybody
        if officer.external
        and officer.offices & {office, Office.REVIEWER}
        and _able(officer, case, history, ties, office)
    )
    return Choice(able=outside, outside=True)


def _able(officer: Officer, case: Case, history: Sequence[Case], ties: Ties, office: Office) -> bool:
    if office is Office.APPEAL and any(_same(officer, who, ties) for who in deciders(case, first_only=True)):
        return False
    return not conflicts(officer, case, history, ties, office=office)


def _lot(case: CaseId, officer: str) -> bytes:
    """Give a place in an order that nobody chose: a fixed order would show who was passed over."""
    return sha256(f"{case}\n{officer}".encode()).digest()


def _same(officer: Officer, other: str, ties: Ties) -> bool:
    """Whether an officer is the one of that id, under that id or under another one of theirs."""
    person = ties.officers.get(other)
    return officer.id == other or (
        officer.person is not None and person is not None and ties.one(person) == ties.one(officer.person)
    )


def _declared(officer: Officer, case: Case, ties: Ties) -> Iterable[ConflictKind]:
    return (
        one.what.kind
        for one in case.history
        if isinstance(one.what, e.ConflictNoted) and _same(officer, one.what.officer, ties)
    )


def people_of(case: Case) -> dict[PersonId, frozenset[Part]]:
    """Give everybody who has a part in the case, with their parts; whoever reported anonymously among them."""
    found: dict[PersonId, set[Part]] = {}
    for named in case.people:
        found.setdefault(named.person, set()).add(named.part)
    for one in case.history:
        what = one.what
        if isinstance(what, e.ReportJoined):
            new = what.report.new
            for person, part in (
                (new.reporter, Part.REPORTER),
                (new.about, Part.SUBJECT),
                (new.target, Part.TARGET),
            ):
                if person is not None:
                    found.setdefault(person, set()).add(part)
        elif isinstance(what, e.StatementTaken) and what.person is not None:
            found.setdefault(what.person, set()).add(what.part)
        elif isinstance(what, e.AppealMade) and what.by is not None:
            found.setdefault(what.by, set()).add(what.part)
    return {person: frozenset(parts) for person, parts in found.items()}


def _people(case: Case, ties: Ties) -> dict[PersonId, frozenset[Part]]:
    """Give everybody in the case under the name under which they go now."""
    found: dict[PersonId, frozenset[Part]] = {}
    for person, parts in people_of(case).items():
        found[ties.one(person)] = found.get(ties.one(person), frozenset()) | parts
    return found


def _parts(officer: Officer, case: Case, ties: Ties) -> Iterable[ConflictKind]:
    if officer.person is None:
        return ()
    return (_IS[part] for part in _people(case, ties).get(ties.one(officer.person), ()))


def _posted(case: Case, ties: Ties) -> frozenset[PersonId]:
    named = (named.person for named in case.people if named.posted_in_thread)
    return frozenset(ties.one(person) for person in (*ties.posted, *named))


def _bonds(officer: Officer, case: Case, ties: Ties) -> Iterable[ConflictKind]:
    bonds = {ties.one(person): theirs for person, theirs in ties.bonds.items()}
    me = None if officer.person is None else ties.one(officer.person)
    for person, parts in _people(case, ties).items():
        theirs = bonds.get(person)
        if theirs is None or person == me or not parts & set(_CLOSE):
            continue
        if _alike(officer.branch, theirs.branch):
            yield ConflictKind.SAME_BRANCH
        if _alike(officer.slate, theirs.slate):
            yield ConflictKind.SAME_SLATE
        if _alike(officer.employer, theirs.employer):
            yield ConflictKind.SAME_EMPLOYER


def _alike(one: str, other: str) -> bool:
    return bool(one.strip()) and " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _sanctions(officer: Officer, case: Case, history: Sequence[Case], ties: Ties) -> Iterable[ConflictKind]:
    """Look both ways: sanctioned by somebody of this case or on their report, and having sanctioned one of them."""
    people = frozenset(_people(case, ties))
    me = None if officer.person is None else ties.one(officer.person)
    for earlier in history:
        if earlier.id == case.id:
            continue
        sanctioned = {ties.one(person) for person in _sanctioned(earlier)}
        by = {ties.one(ties.officers[who]) for who in deciders(earlier) if who in ties.officers}
        brought = {p for p, parts in _people(earlier, ties).items() if parts & {Part.REPORTER, Part.TARGET}}
        if me in sanctioned and people & ((by | brought) - {me}):
            yield ConflictKind.SANCTIONED_BY
        if any(_same(officer, who, ties) for who in deciders(earlier)) and people & sanctioned:
            yield ConflictKind.HAS_SANCTIONED


def _sanctioned(case: Case) -> frozenset[PersonId]:
    chosen = (
        sanction.on
        for one in case.history
        if isinstance(one.what, e.CaseDecided | e.AppealDecided)
        for sanction in one.what.sanctions
    )
    return frozenset((*chosen, *(one.what.on for one in case.history if isinstance(one.what, e.SanctionImposed))))
