"""The leaf: one line of the log, as the exact bytes that are hashed; it holds no personal data and no text."""

import hmac
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

import orjson

from bot.evidence.chance import SALT_BYTES, CaseRef, IncidentRef, PersonRef, is_opaque
from bot.evidence.errors import LeafRefused
from bot.evidence.merkle import LARGEST
from bot.evidence.words import CODES, FIELD, NAMELESS, Kind, Number, Role, Sealed

VERSION = 1
LARGEST_LEAF = 16 * 1024
"""The most bytes that a leaf may take."""
EXACT = 2**53 - 1
"""The largest integer that every reader of JSON reads exactly."""
MOST = 64
"""The most rules, codes, commitments or numbers in one leaf."""

_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_LENGTH = 64
_HEX_DIGITS = re.compile(r"[0-9a-f]*")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_NUMBERS = frozenset(number.value for number in Number)
_FIELDS = frozenset(field.value for field in Sealed)
_KINDS = {kind.value: kind for kind in Kind}
_ROLES = {role.value: role for role in Role}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_NUMBERS: Mapping[str, int] = MappingProxyType({})
_NAMES = {"v", "seq", "kind", "at", "plat_at", "actor", "role", "case", "incident"}
_NAMES |= {"policy", "rules", "codes", "commit", "n"}
_HEX = "and 32 hex digits)"
W = TypeVar("W", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRef:
    """Which policy was in force: a short name, its version and the SHA-256 of its file."""

    id: str
    version: int
    sha256: str

    def __post_init__(self) -> None:
        """Refuse what is no reference to a policy."""
        _need(_is_rule(self.id), "policy.id", "is no kebab-case name of at most 64 characters")
        _need(_is_count(self.version), "policy.ver", "is no version number")
        _need(_is_text(self.sha256, _DIGEST), "policy.sha256", "is no SHA-256 in hex")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What one line of the log says.

    Whatever could hold a person's name, number or words is refused, without being repeated in the error. `commit`
    maps what is sealed to commitments, `numbers` holds integers under names of `Number`. Times are aware.
    """

    seq: int
    kind: Kind
    at: datetime
    role: Role
    plat_at: datetime | None = None
    actor: PersonRef | None = None
    case: CaseRef | None = None
    incident: IncidentRef | None = None
    policy: PolicyRef | None = None
    rules: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    commit: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    numbers: Mapping[str, int] = field(default_factory=lambda: _NO_NUMBERS)

    def __post_init__(self) -> None:
        """Refuse everything that no leaf may hold, and make the mappings unchangeable."""
        actor = self.actor
        named = actor is None if self.role in NAMELESS else is_opaque("p", actor)
        _need(type(self.seq) is int and 1 <= self.seq <= LARGEST, "seq", "is no place in the log; they begin with 1")
        _need(isinstance(self.kind, Kind), "kind", "is on no list")
        _need(isinstance(self.role, Role), "role", "is on no list")
        _need(_is_moment(self.at), "at", "is no time with a zone")
        _need(self.plat_at is None or _is_moment(self.plat_at), "plat_at", "is no time with a zone")
        _need(named, "actor", "is no opaque name (p_ and 32 hex digits), or stands beside a role that gets none")
        _need(self.case is None or is_opaque("c", self.case), "case", f"is no opaque name (c_ {_HEX}")
        _need(self.incident is None or is_opaque("i", self.incident), "incident", f"is no opaque name (i_ {_HEX}")
        _need(self.policy is None or isinstance(self.policy, PolicyRef), "policy", "is no reference to a policy")
        _need(_are_distinct(self.rules, _is_rule), "rules", "are not distinct kebab-case ids")
        _need(_are_distinct(self.codes, _is_code), "codes", "are not distinct words of the list of codes")
        _need(_is_mapping(self.commit), "commit", "is no mapping, or too large")
        sealed = self.commit.keys() <= _FIELDS or all(_is_text(name, FIELD) for name in self.commit)
        _need(sealed, "commit", "names what is not kept under seal")
        _need(_are_digests(self.commit.values()), "commit", "holds no commitment")
        _need(_is_mapping(self.numbers), "n", "is no mapping, or too large")
        _need(self.numbers.keys() <= _NUMBERS, "n", "counts what is on no list")
        _need(_are_in_bounds(self.numbers), "n", "holds what is no integer in its bounds")
        for name, given in (("commit", self.commit), ("numbers", self.numbers)):
            object.__setattr__(self, name, MappingProxyType({str(key): value for key, value in given.items()}))

    @property
    def index(self) -> int:
        """The leaf's place in the tree, counted from 0 as the RFC does."""
        return self.seq - 1

    def to_bytes(self) -> bytes:
        """Write the leaf as the RFC 8785 bytes that are hashed and kept; what is absent is left out."""
        # A leaf holds plain ASCII and small integers alone; of these any compact writer that sorts makes RFC 8785.
        written = orjson.dumps(_said(self), option=orjson.OPT_SORT_KEYS)
        _need(len(written) <= LARGEST_LEAF, "length", f"is more than {LARGEST_LEAF} bytes")
        return written


def parse_leaf(written: bytes) -> Leaf:
    """Read a leaf; refuses bytes that are not exactly what `to_bytes` would write."""
    _need(len(written) <= LARGEST_LEAF, "length", f"is more than {LARGEST_LEAF} bytes")
    try:
        said = orjson.loads(written)
    except orjson.JSONDecodeError as error:
        raise LeafRefused("This is no leaf: it is not JSON.") from error
    _need(isinstance(said, dict) and said.get("v") == VERSION, "v", f"is not {VERSION}")
    _need(set(said) <= _NAMES, "text", "holds a member that leaves do not have")
    leaf = Leaf(
        seq=_number(said.get("seq"), "seq"),
        kind=_member(_KINDS, said.get("kind"), "kind"),
        at=_moment(said.get("at"), "at"),
        role=_member(_ROLES, said.get("role"), "role"),
        plat_at=_moment(said["plat_at"], "plat_at") if "plat_at" in said else None,
        actor=said.get("actor"),
        case=said.get("case"),
        incident=said.get("incident"),
        policy=_policy_ref(said["policy"]) if "policy" in said else None,
        rules=_listed(said.get("rules", [])),
        codes=_listed(said.get("codes", [])),
        commit=said.get("commit", {}),
        numbers=said.get("n", {}),
    )
    # A fraction, a repeated member, a space or another order is noticed here: it would not be written so.
    _need(leaf.to_bytes() == written, "text", "is not written as RFC 8785 has it")
    return leaf


def commitment(salt: bytes, value: bytes) -> str:
    """Commit to a value: nobody can guess it without the salt, and nobody can open it to another value."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes.")
    return hmac.digest(salt, value, "sha256").hex()


def opens(committed: str, salt: bytes, value: bytes) -> bool:
    """Whether salt and value are those that were committed to."""
    return len(salt) == SALT_BYTES and hmac.compare_digest(commitment(salt, value), committed)


def policy_id(name: str) -> str:
    """Make the short name of a policy from whatever its organisers call it."""
    words = re.findall(r"[a-z0-9]+", name.lower().encode("ascii", "ignore").decode("ascii"))
    return "-".join(words)[:64].strip("-") or "policy"


def write_moment(at: datetime) -> str:
    """Write a moment in UTC, to the microsecond, always at the same length."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _said(leaf: Leaf) -> dict[str, object]:
    said: dict[str, object] = {
        "v": VERSION,
        "seq": str(leaf.seq),
        "kind": leaf.kind.value,
        "at": write_moment(leaf.at),
        "role": leaf.role.value,
        "plat_at": write_moment(leaf.plat_at) if leaf.plat_at else None,
        "actor": leaf.actor,
        "case": leaf.case,
        "incident": leaf.incident,
        "policy": _policy(leaf.policy) if leaf.policy else None,
        "rules": list(leaf.rules) or None,
        "codes": list(leaf.codes) or None,
        "commit": dict(leaf.commit) or None,
        "n": dict(leaf.numbers) or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _policy(policy: PolicyRef) -> dict[str, str]:
    return {"id": policy.id, "ver": str(policy.version), "sha256": policy.sha256}


def _policy_ref(said: object) -> PolicyRef:
    if not (isinstance(said, dict) and set(said) == {"id", "ver", "sha256"}):
        raise _refusal("policy", "is no reference to a policy")
    return PolicyRef(id=said["id"], version=_number(said["ver"], "policy.ver"), sha256=said["sha256"])


def _number(said: object, place: str) -> int:
    if not (isinstance(said, str) and _DECIMAL.fullmatch(said)):
        raise _refusal(place, "is no number written as text")
    return int(said)


def _member(words: Mapping[str, W], said: object, place: str) -> W:
    found = words.get(said) if isinstance(said, str) else None
    if found is None:
        raise _refusal(place, "is on no list")
    return found


def _moment(said: object, place: str) -> datetime:
    try:
        if isinstance(said, str) and _MOMENT.fullmatch(said):
            return datetime.fromisoformat(said)
    except ValueError:
        pass
    raise _refusal(place, "is no time as leaves write it")


def _listed(said: object) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise _refusal("text", "holds something else where a list belongs")
    return tuple(said)


def _is_text(value: object, shape: re.Pattern[str]) -> bool:
    return isinstance(value, str) and shape.fullmatch(value) is not None


def _is_rule(value: object) -> bool:
    return _is_text(value, _RULE) and len(str(value)) <= 64


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value in CODES


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= EXACT


def _are_in_bounds(numbers: Mapping[str, int]) -> bool:
    for name, value in numbers.items():
        if not (type(value) is int and 0 <= value <= (1000 if name[-3:] == "_pm" else EXACT)):
            return False
    return True


def _are_digests(values: Collection[object]) -> bool:
    """Whether each is a SHA-256 in hex; all are looked at in one go, for there are several in every leaf."""
    words = [value for value in values if isinstance(value, str) and len(value) == _DIGEST_LENGTH]
    return len(words) == len(values) and _HEX_DIGITS.fullmatch("".join(words)) is not None


def _is_moment(value: object) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None and 1970 <= value.year < 9999


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping) and len(value) <= MOST


def _are_distinct(values: object, fit: Callable[[object], bool]) -> bool:
    """Whether these are not too many, each fits, and none stands twice."""
    try:
        return isinstance(values, tuple) and _are_distinct_words(values, fit)
    except TypeError:  # among them is what cannot be a word, as it cannot be hashed
        return False


@lru_cache(maxsize=4096)  # the same few rules and codes stand in most leaves
def _are_distinct_words(values: tuple[object, ...], fit: Callable[[object], bool]) -> bool:
    return len(values) <= MOST and all(map(fit, values)) and len(set(values)) == len(values)


def _need(met: bool, place: str, problem: str) -> None:
    if not met:
        raise _refusal(place, problem)


def _refusal(place: str, problem: str) -> LeafRefused:
    # What stood there is not repeated: it may be the very thing that must not be written down.
    return LeafRefused(f"This is no leaf: its {place} {problem}.")
