"""A key names its successor; checkpoints hold good across the change, and an old key counts for nothing new."""

from datetime import UTC, datetime

import pytest

from bot.evidence.errors import KeyRefused, NoteRefused
from bot.evidence.keychain import ROTATION, KeyChain, rotate
from bot.evidence.notes import KeyUse, Note, sign_note
from tests.bot.evidence.logs import ORIGIN, Log, key, witness_key

AT = datetime(2026, 3, 1, tzinfo=UTC)
OLD, NEW, NEWEST = key(), key(seed=2), key(seed=3)
CHAIN = KeyChain.trusting(OLD.verifier)
STATEMENT = rotate(OLD, NEW, size=10, at=AT)


def _signed(size: int, *, seed: int) -> Note:
    return Log(size, signing=key(seed=seed)).note()


def test_a_statement_says_what_it_says_in_lines() -> None:
    assert STATEMENT.text == (
        f"{ROTATION}\n{ORIGIN}\n2026-03-01T00:00:00.000000Z\n10\n{OLD.verifier}\n{NEW.verifier}\n"
    )


def test_checkpoints_before_and_after_a_rotation_hold_good() -> None:
    chain = CHAIN.rotated(Note.parse(STATEMENT.to_bytes())).rotated(rotate(NEW, NEWEST, size=20, at=AT))
    assert chain.current == NEWEST.verifier
    for size, seed in ((0, 1), (10, 1), (10, 2), (20, 2), (20, 3), (999, 3)):
        assert chain.checkpoint(_signed(size, seed=seed)).size == size


def test_a_key_can_be_changed_twice_while_nothing_is_recorded() -> None:
    chain = CHAIN.rotated(STATEMENT).rotated(rotate(NEW, NEWEST, size=10, at=AT))
    assert [chain.checkpoint(_signed(10, seed=seed)).size for seed in (1, 2, 3)] == [10, 10, 10]


@pytest.mark.parametrize(("size", "seed"), [(11, 1), (9, 2), (21, 2), (19, 3), (1000, 1)])
def test_a_key_counts_for_nothing_outside_its_time(size: int, seed: int) -> None:
    chain = CHAIN.rotated(STATEMENT).rotated(rotate(NEW, NEWEST, size=20, at=AT))
    with pytest.raises(NoteRefused, match="not in use then"):
        chain.checkpoint(_signed(size, seed=seed))


def test_whoever_does_not_know_of_a_rotation_does_not_believe_the_new_key() -> None:
    with pytest.raises(NoteRefused, match="not signed with any key"):
        CHAIN.checkpoint(_signed(11, seed=2))


def test_a_rotation_needs_both_keys() -> None:
    for signed_by in ((OLD,), (NEW,), (NEWEST, NEW)):
        with pytest.raises(NoteRefused, match="both the old and the new"):
            CHAIN.rotated(sign_note(STATEMENT.text, *signed_by))


def test_a_forged_rotation_is_refused() -> None:
    forged = rotate(NEWEST, NEW, size=10, at=AT)
    with pytest.raises(NoteRefused, match="not about the key"):
        CHAIN.rotated(forged)
    changed = Note(STATEMENT.text.replace("\n10\n", "\n11\n"), STATEMENT.signatures)
    with pytest.raises(NoteRefused, match="changed or forged"):
        CHAIN.rotated(changed)


def test_a_rotation_is_followed_once_and_no_key_comes_back() -> None:
    chain = CHAIN.rotated(STATEMENT)
    with pytest.raises(NoteRefused, match="not about the key"):
        chain.rotated(STATEMENT)
    with pytest.raises(NoteRefused, match="in use before"):
        chain.rotated(rotate(NEW, OLD, size=12, at=AT))
    with pytest.raises(NoteRefused, match="before the present key"):
        chain.rotated(rotate(NEW, NEWEST, size=9, at=AT))


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(OLD, id="the-same-key"),
        pytest.param(key("other.example"), id="another-log's"),
        pytest.param(witness_key("ann"), id="a-witness's"),
        pytest.param(key(use=KeyUse.COSIGNATURE, seed=5), id="of-another-use"),
    ],
)
def test_a_key_that_cannot_follow_is_refused(new: object) -> None:
    with pytest.raises(KeyRefused):
        rotate(OLD, new, size=1, at=AT)  # type: ignore[arg-type]  # every one is a key


@pytest.mark.parametrize(
    ("line", "other"),
    [
        (0, "hustings.key-rotated/v2"),
        (1, "other.example"),
        (3, "ten"),
        (4, str(NEWEST.verifier)),
        (5, str(witness_key("ann").verifier)),
        (5, str(key("other.example").verifier)),
        (5, "no key"),
    ],
)
def test_a_statement_that_says_something_else_is_refused(line: int, other: str) -> None:
    lines = STATEMENT.text.splitlines()
    lines[line] = other
    with pytest.raises((NoteRefused, KeyRefused)):
        CHAIN.rotated(sign_note("\n".join(lines) + "\n", OLD, NEW))


def test_a_statement_is_no_checkpoint_and_a_checkpoint_no_statement() -> None:
    with pytest.raises(NoteRefused):
        CHAIN.checkpoint(STATEMENT)
    with pytest.raises(NoteRefused, match="no statement"):
        CHAIN.rotated(Log(3).note())


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(NoteRefused, match="another log"):
        KeyChain.trusting(key("other.example").verifier).checkpoint(Log(3).note())


def test_a_chain_does_not_begin_with_a_witness() -> None:
    with pytest.raises(KeyRefused, match="witness"):
        KeyChain.trusting(witness_key("ann").verifier)
