"""A leaf is exactly its RFC 8785 bytes, reads back as it was, and has no room for anybody's name, number or words."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence.chance import CaseRef, IncidentRef, PersonRef, new_case, new_incident, new_person, new_salt
from bot.evidence.errors import LeafRefused
from bot.evidence.leaves import (
    EXACT,
    LARGEST_LEAF,
    Leaf,
    PolicyRef,
    commitment,
    opens,
    parse_leaf,
    policy_id,
    write_moment,
)
from bot.evidence.words import CODES, NAMELESS, Kind, Number, Role, Sealed, per_mille

AT = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
LEAF = Leaf(
    seq=41,
    kind=Kind.DECISION_MADE,
    at=AT,
    plat_at=AT - timedelta(seconds=2),
    actor=PersonRef("p_" + "7f" * 16),
    role=Role.DECIDER,
    case=CaseRef("c_" + "0a" * 16),
    incident=IncidentRef("i_" + "0b" * 16),
    policy=PolicyRef(id="party-channels", version=3, sha256="c0" * 32),
    rules=("antisemitic-slur",),
    codes=("uphold",),
    commit={"text": "d1" * 32, "author": "d2" * 32, "msg_ref": "d3" * 32, "reasons": "d4" * 32},
    numbers={"score_pm": 910},
)
BYTES = (
    b'{"actor":"p_7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f","at":"2026-02-03T04:05:06.000789Z",'
    b'"case":"c_0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","codes":["uphold"],"commit":{'
    b'"author":"' + b"d2" * 32 + b'","msg_ref":"' + b"d3" * 32 + b'","reasons":"' + b"d4" * 32 + b'","text":"'
    b"" + b"d1" * 32 + b'"},"incident":"i_0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b","kind":"decision.made","n":{'
    b'"score_pm":910},"plat_at":"2026-02-03T04:05:04.000789Z","policy":{"id":"party-channels","sha256":"'
    b"" + b"c0" * 32 + b'","ver":"3"},"role":"decider","rules":["antisemitic-slur"],"seq":"41","v":1}'
)

_moments = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
_digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
_opaque = st.binary(min_size=16, max_size=16).map(bytes.hex)
_rules = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,4}", fullmatch=True)
_names = st.sampled_from(sorted(Sealed)).flatmap(
    lambda field: st.just(field.value) | st.integers(1, 999).map(field.numbered)
)


@st.composite
def _leaves(draw: st.DrawFn) -> Leaf:
    role = draw(st.sampled_from(sorted(Role)))
    scores = draw(st.dictionaries(st.just("score_pm"), st.integers(0, 1000)))
    return Leaf(
        seq=draw(st.integers(1, 2**63 - 1)),
        kind=draw(st.sampled_from(sorted(Kind))),
        at=draw(_moments),
        plat_at=draw(st.none() | _moments),
        role=role,
        actor=None if role in NAMELESS else PersonRef(f"p_{draw(_opaque)}"),
        case=draw(st.none() | _opaque.map(lambda name: CaseRef(f"c_{name}"))),
        incident=draw(st.none() | _opaque.map(lambda name: IncidentRef(f"i_{name}"))),
        policy=draw(
            st.none() | st.builds(PolicyRef, id=_rules, version=st.integers(0, EXACT), sha256=_digests),
        ),
        rules=tuple(draw(st.lists(_rules, max_size=8, unique=True))),
        codes=tuple(draw(st.lists(st.sampled_from(sorted(CODES)), max_size=8, unique=True))),
        commit=draw(st.dictionaries(_names, _digests, max_size=12)),
        numbers=scores | draw(st.dictionaries(st.just("bytes"), st.integers(0, EXACT))),
    )


def test_a_leaf_is_written_as_the_specification_shows() -> None:
    assert LEAF.to_bytes() == BYTES
    assert LEAF.index == 40


def test_what_is_absent_is_left_out() -> None:
    leaf = Leaf(seq=1, kind=Kind.BACKUP_MADE, at=AT, role=Role.BOT)
    assert leaf.to_bytes() == b'{"at":"2026-02-03T04:05:06.000789Z","kind":"backup.made","role":"bot","seq":"1","v":1}'


@settings(deadline=None)
@given(_leaves())
def test_a_leaf_reads_back_as_it_was_and_its_bytes_are_canonical(leaf: Leaf) -> None:
    written = leaf.to_bytes()
    assert parse_leaf(written) == leaf
    # Reading compares with a quicker writer; both write the same.
    assert rfc8785.dumps(json.loads(written)) == written
    assert written.isascii()


@settings(deadline=None)
@given(_leaves(), st.data())
def test_no_other_bytes_read_as_a_leaf(leaf: Leaf, data: st.DataObject) -> None:
    written = leaf.to_bytes()
    said = json.loads(written)
    shuffled = dict(data.draw(st.permutations(list(said.items()))))
    for other in (
        json.dumps(shuffled, separators=(",", ":")),
        json.dumps(said, sort_keys=True),
        written.decode() + "\n",
        "\ufeff" + written.decode(),
        written.decode().replace('"v":1', '"v":1,"v":1'),
        written.decode().replace('"v":1', '"v":1.0'),
    ):
        if other.encode() != written:
            with pytest.raises(LeafRefused):
                parse_leaf(other.encode())


@settings(deadline=None)
@given(_leaves(), st.data())
def test_a_flipped_bit_gives_another_leaf_or_none(leaf: Leaf, data: st.DataObject) -> None:
    written = leaf.to_bytes()
    bit = data.draw(st.integers(0, len(written) * 8 - 1))
    changed = bytearray(written)
    changed[bit // 8] ^= 1 << bit % 8
    with suppress(LeafRefused):
        assert parse_leaf(bytes(changed)) != leaf


@settings(deadline=None)
@given(
    st.binary()
    | st.text().map(str.encode)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from([*json.loads(BYTES), "text"]) | st.text(), inner)
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_garbage_is_no_leaf_and_raises_nothing_else(garbage: bytes) -> None:
    with pytest.raises(LeafRefused):
        parse_leaf(garbage)


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.text() | st.integers()),
)


@settings(deadline=None)
@given(st.sampled_from(sorted(json.loads(BYTES))), _JUNK)
def test_a_member_of_another_shape_is_refused_and_nothing_else_is_raised(name: str, junk: object) -> None:
    said = json.loads(BYTES)
    if said[name] == junk:
        return
    said[name] = junk
    with pytest.raises(LeafRefused):
        parse_leaf(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


@pytest.mark.parametrize("deep", [b"[" * 10_000, b'{"v":' * 3_000, b"1" * 10_000])
def test_a_bomb_is_no_leaf(deep: bytes) -> None:
    with pytest.raises(LeafRefused):
        parse_leaf(deep)


def test_a_leaf_that_is_too_large_is_neither_read_nor_written() -> None:
    with pytest.raises(LeafRefused, match="more than"):
        parse_leaf(b" " * (LARGEST_LEAF + 1))
    commit = {Sealed.ATTACHMENT.numbered(number): "ab" * 32 for number in range(1, 65)}
    rules = tuple(f"{'x' * 60}-{number:03}" for number in range(64))
    full = replace(LEAF, commit=commit, rules=rules)
    assert len(full.to_bytes()) <= LARGEST_LEAF


PERSONAL = ["Jewish Voice for Labour", "Jane Smith", "@jane", "1184926631927521291", "U024BE7LH", "jane@example.org"]


@pytest.mark.parametrize("personal", PERSONAL)
@pytest.mark.parametrize(
    "place", ["seq", "kind", "at", "plat_at", "actor", "role", "case", "incident", "policy", "commit", "numbers"]
)
def test_no_personal_data_fits_anywhere_and_the_error_does_not_repeat_it(place: str, personal: str) -> None:
    with pytest.raises(LeafRefused) as refused:
        replace(LEAF, **{place: personal})  # type: ignore[arg-type]  # the wrong type is the point
    assert personal not in str(refused.value)


@pytest.mark.parametrize("personal", PERSONAL)
def test_no_personal_data_fits_into_a_list_or_a_mapping(personal: str) -> None:
    for wrong in (
        {"codes": (personal,)},
        {"commit": {personal: "ab" * 32}},
        {"commit": {"text": personal}},
        {"numbers": {personal: 1}},
        {"numbers": {"items": personal}},
    ):
        with pytest.raises(LeafRefused) as refused:
            replace(LEAF, **wrong)
        assert personal not in str(refused.value)


def test_every_field_of_a_leaf_was_thought_of_here() -> None:
    tried = {
        "seq",
        "kind",
        "at",
        "plat_at",
        "actor",
        "role",
        "case",
        "incident",
        "policy",
        "commit",
        "numbers",
        "codes",
    }
    # A rule id is the organisers' word; it must fit every policy that loads, or evidence could not be kept.
    assert {field.name for field in fields(Leaf)} == tried | {"rules"}


@pytest.mark.parametrize("rule", ["Jane Smith", "a b", "", "-a", "a-", "a--b", "Ünder", "x" * 65, "a.b"])
def test_a_rule_that_no_policy_could_hold_is_refused(rule: str) -> None:
    with pytest.raises(LeafRefused, match="rules"):
        replace(LEAF, rules=(rule,))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"numbers": {"score_pm": 0.91}}, id="fraction"),
        pytest.param({"numbers": {"score_pm": 1001}}, id="more-than-certain"),
        pytest.param({"numbers": {"score_pm": -1}}, id="below-nothing"),
        pytest.param({"numbers": {"bytes": 2**53}}, id="not-exact"),
        pytest.param({"numbers": {"items": True}}, id="truth-value"),
        pytest.param({"seq": 0}, id="before-the-first"),
        pytest.param({"seq": 2**63}, id="beyond-the-last"),
        pytest.param({"seq": "41"}, id="seq-as-text"),
        pytest.param({"at": datetime(2026, 1, 1)}, id="no-zone"),  # noqa: DTZ001 - the missing zone is the point
        pytest.param({"at": datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))}, id="before-time"),
        pytest.param({"kind": "decision.made"}, id="kind-as-text"),
        pytest.param({"rules": ("a", "a")}, id="twice-the-same-rule"),
        pytest.param({"rules": ["a"]}, id="a-list-that-could-change"),
        pytest.param({"codes": tuple("abc")}, id="unknown-codes"),
        pytest.param({"rules": tuple(f"r{number}" for number in range(65))}, id="too-many"),
        pytest.param({"commit": {"text": "AB" * 32}}, id="capitals"),
        pytest.param({"commit": {"text.0": "ab" * 32}}, id="numbered-from-nought"),
        pytest.param({"commit": {"text.1000": "ab" * 32}}, id="beyond-999"),
        pytest.param({"actor": None}, id="nobody-in-office"),
        pytest.param({"role": Role.MEMBER}, id="a-member-with-a-name"),
        pytest.param({"role": Role.BOT}, id="a-bot-with-a-name"),
        pytest.param({"actor": "p_" + "7F" * 16}, id="capitals-in-a-name"),
        pytest.param({"actor": "c_" + "7f" * 16}, id="a-case-as-actor"),
        pytest.param({"case": "i_" + "7f" * 16}, id="an-incident-as-case"),
    ],
)
def test_what_no_leaf_may_hold_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(LeafRefused):
        replace(LEAF, **wrong)  # type: ignore[arg-type]  # the wrong type is the point


@pytest.mark.parametrize(
    "wrong",
    [{"id": "Party Channels"}, {"version": -1}, {"version": 2**53}, {"version": True}, {"sha256": "c0"}],
)
def test_what_is_no_policy_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(LeafRefused, match=r"policy\."):
        replace(LEAF.policy, **wrong)  # type: ignore[type-var]  # the wrong type is the point


def test_a_leaf_cannot_be_changed_through_what_it_was_made_of() -> None:
    commit = {"text": "ab" * 32}
    leaf = replace(LEAF, commit=commit)
    commit["text"] = "cd" * 32
    assert leaf.commit["text"] == "ab" * 32
    with pytest.raises(TypeError):
        leaf.commit["text"] = "cd" * 32  # type: ignore[index]  # that it cannot is the point


def test_times_from_other_zones_are_written_in_utc() -> None:
    local = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert replace(LEAF, at=local).to_bytes() == BYTES
    assert (
        write_moment(datetime(1999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1)))) == "2000-01-01T00:00:00.000000Z"
    )


@pytest.mark.parametrize(
    "at", ["2026-02-03T04:05:06Z", "2026-02-03T04:05:06.000789+00:00", "2026-02-30T04:05:06.000789Z", "2026-02-03"]
)
def test_a_time_written_otherwise_is_refused(at: str) -> None:
    with pytest.raises(LeafRefused, match="at is no time"):
        parse_leaf(BYTES.replace(b"2026-02-03T04:05:06.000789Z", at.encode()))


@settings(deadline=None)
@given(st.binary(), st.binary(max_size=50))
def test_a_commitment_opens_to_its_value_alone(value: bytes, other: bytes) -> None:
    salt = new_salt()
    committed = commitment(salt, value)
    assert opens(committed, salt, value)
    assert opens(committed, salt, other) == (other == value)
    assert not opens(committed, new_salt(), value)
    assert not opens(committed, salt[:-1], value)
    assert commitment(new_salt(), value) != committed


def test_a_salt_has_its_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(b"salt", b"value")


def test_any_part_can_be_disclosed_and_the_rest_shows_nothing() -> None:
    values = {"text": b"the words", "author": b"U024BE7LH", "reasons": b"as they were"}
    salts = {name: bytes([number]) * 32 for number, name in enumerate(values)}
    other_salts = {name: bytes([100 + number]) * 32 for number, name in enumerate(values)}
    leaf = replace(LEAF, commit={name: commitment(salts[name], value) for name, value in values.items()})
    read = parse_leaf(leaf.to_bytes())
    for count in range(len(values) + 1):
        for disclosed in combinations(values, count):
            assert all(opens(read.commit[name], salts[name], values[name]) for name in disclosed)
            # Whoever guesses a hidden value rightly learns nothing: without the salt no guess can be tested.
            hidden = set(values) - set(disclosed)
            assert not any(
                opens(read.commit[name], salts[known], values[name]) for name in hidden for known in disclosed
            )
            assert not any(opens(read.commit[name], other_salts[name], values[name]) for name in hidden)


def test_names_tell_nothing_and_never_come_twice() -> None:
    for make, prefix in ((new_person, "p"), (new_case, "c"), (new_incident, "i")):
        made = {make() for _ in range(1000)}
        assert len(made) == 1000
        assert all(re.fullmatch(rf"{prefix}_[0-9a-f]{{32}}", name) for name in made)
        assert make(bytes) == f"{prefix}_{'00' * 16}"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Party channels", "party-channels"),
        ("  Ünder -- Rules! 2 ", "nder-rules-2"),
        ("政党", "policy"),
        ("", "policy"),
        ("x" * 80, "x" * 64),
        ("a" * 63 + " b", "a" * 63),
    ],
)
def test_every_policy_gets_a_short_name_that_fits(name: str, short: str) -> None:
    assert policy_id(name) == short
    assert PolicyRef(id=short, version=1, sha256="c0" * 32).id == short


@settings(deadline=None)
@given(st.text())
def test_no_policy_has_a_name_that_keeps_evidence_from_being_kept(name: str) -> None:
    leaf = replace(LEAF, policy=PolicyRef(id=policy_id(name), version=1, sha256="c0" * 32))
    assert parse_leaf(leaf.to_bytes()) == leaf


def test_scores_become_thousandths_within_bounds() -> None:
    assert [per_mille(score) for score in (0.0, 0.9104, 1.0, -0.1, 1.7)] == [0, 910, 1000, 0, 1000]


def test_no_word_that_was_ever_written_is_forgotten() -> None:
    """Whoever takes a word off a list makes old leaves unreadable; to add one, add it to the file as well."""
    kept = set((Path(__file__).parent / "words_kept.txt").read_text(encoding="utf-8").split())
    lists: dict[str, Iterable[str]] = {"kind": Kind, "role": Role, "sealed": Sealed, "number": Number, "code": CODES}
    assert {f"{name}:{word}" for name, words in lists.items() for word in words} == kept
