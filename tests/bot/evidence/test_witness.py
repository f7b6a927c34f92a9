"""A witness cosigns what continues what they saw, refuses the rest, and prints the two notes that give a log away."""

from datetime import UTC, datetime

import pytest

from bot.evidence.cosignatures import cosigners
from bot.evidence.errors import KeyRefused, LogRolledBack, NoteRefused
from bot.evidence.keychain import KeyChain, rotate
from bot.evidence.merkle import consistency_proof
from bot.evidence.notes import KeyUse, Note
from bot.evidence.witness import (
    Agreed,
    Difference,
    Refusal,
    Refused,
    SplitView,
    Witness,
    Witnessed,
    compare,
    compare_with_tree,
)
from tests.bot.evidence.logs import ORIGIN, Log, key, witness_key

AT = datetime(2026, 3, 1, tzinfo=UTC)
ANN = witness_key("ann")
LOG = Log(20)
WITNESS = Witness(ANN, LOG.keys)


def test_the_first_checkpoint_ever_is_taken_on_trust() -> None:
    answer = WITNESS.consider(LOG.note(7), last=None, path=(), at=AT)
    assert isinstance(answer, Witnessed)
    assert answer.checkpoint == LOG.checkpoint(7)
    assert cosigners(answer.note, [ANN.verifier]) == {ANN.verifier: AT}
    assert LOG.keys.checkpoint(answer.note) == LOG.checkpoint(7)


@pytest.mark.parametrize("old", range(21))
def test_what_continues_the_last_checkpoint_is_cosigned(old: int) -> None:
    for new in range(old, 21):
        path = consistency_proof(LOG.tree, old, new)
        answer = WITNESS.consider(LOG.note(new), last=LOG.note(old), path=path, at=AT)
        assert isinstance(answer, Witnessed)


def test_a_smaller_checkpoint_is_refused() -> None:
    answer = WITNESS.consider(LOG.note(6), last=LOG.note(7), path=(), at=AT)
    assert answer == Refused(Refusal.SMALLER, "The checkpoint has 6 records; one of 7 was seen before.")


@pytest.mark.parametrize(
    "offered",
    [
        pytest.param(Log(9, signing=key(seed=2)).note(), id="with-another-key"),
        pytest.param(Note(LOG.note(9).text), id="not-at-all"),
        pytest.param(Note(LOG.note(9).text, LOG.note(10).signatures), id="with-another-text"),
    ],
)
def test_what_the_log_did_not_sign_is_refused_and_accuses_nobody(offered: Note) -> None:
    answer = WITNESS.consider(offered, last=LOG.note(7), path=(), at=AT)
    assert isinstance(answer, Refused)
    assert answer.why is Refusal.UNSIGNED


def test_two_roots_of_one_size_are_a_split_view_with_both_notes_printed() -> None:
    first, second = LOG.note(9), Log(9, author="b", forked_at=8).note()
    answer = WITNESS.consider(second, last=first, path=(), at=AT)
    assert answer == SplitView(first, second, Difference.ROOTS)
    printed = str(answer)
    assert printed.startswith("SPLIT VIEW\n")
    assert str(first) in printed
    assert str(second) in printed
    assert [LOG.keys.checkpoint(Note.parse(str(note).encode())).size for note in (first, second)] == [9, 9]


@pytest.mark.parametrize("forked_at", range(9))
def test_a_fork_is_not_cosigned_whatever_proof_it_brings(forked_at: int) -> None:
    fork = Log(20, author="b", forked_at=forked_at)
    paths = [(), consistency_proof(LOG.tree, 9, 20), consistency_proof(fork.tree, 9, 20)]
    for path in paths:
        answer = WITNESS.consider(fork.note(), last=LOG.note(9), path=path, at=AT)
        assert answer == SplitView(LOG.note(9), fork.note(), Difference.UNSHOWN)


def test_a_missing_proof_says_that_another_may_be_shown() -> None:
    answer = WITNESS.consider(LOG.note(20), last=LOG.note(9), path=(), at=AT)
    assert isinstance(answer, SplitView)
    assert "If the log can show no other" in str(answer)


def test_checkpoints_are_compared_in_either_order() -> None:
    path = consistency_proof(LOG.tree, 9, 20)
    agreed = Agreed(LOG.checkpoint(9), LOG.checkpoint(20))
    assert compare(LOG.note(9), LOG.note(20), path, LOG.keys) == agreed
    assert compare(LOG.note(20), LOG.note(9), path, LOG.keys) == agreed


def test_a_comparison_with_what_the_log_did_not_sign_raises() -> None:
    with pytest.raises(NoteRefused):
        compare(LOG.note(9), Log(9, author="b", signing=key(seed=2)).note(), (), LOG.keys)


@pytest.mark.parametrize("saved", range(21))
def test_a_saved_checkpoint_agrees_with_the_log_it_is_of(saved: int) -> None:
    found = compare_with_tree(LOG.note(saved), LOG.note(), LOG.tree, LOG.keys)
    assert found == Agreed(LOG.checkpoint(saved), LOG.checkpoint())


@pytest.mark.parametrize("forked_at", range(9))
def test_a_saved_checkpoint_of_another_history_is_a_split_view(forked_at: int) -> None:
    saved = Log(9, author="b", forked_at=forked_at).note()
    assert compare_with_tree(saved, LOG.note(), LOG.tree, LOG.keys) == SplitView(saved, LOG.note(), Difference.TREE)


def test_a_saved_checkpoint_of_the_same_size_and_another_root_is_a_split_view() -> None:
    saved = Log(20, author="b", forked_at=19).note()
    assert compare_with_tree(saved, LOG.note(), LOG.tree, LOG.keys) == SplitView(saved, LOG.note(), Difference.ROOTS)


def test_a_log_smaller_than_a_saved_checkpoint_was_rolled_back() -> None:
    with pytest.raises(LogRolledBack, match="12 records, but 20 were signed"):
        compare_with_tree(LOG.note(20), LOG.note(12), LOG.tree, LOG.keys)


def test_records_that_do_not_lead_to_the_newest_checkpoint_settle_nothing() -> None:
    with pytest.raises(LogRolledBack, match="not those that were signed"):
        compare_with_tree(LOG.note(9), LOG.note(20), Log(20, author="b", forked_at=15).tree, LOG.keys)


def test_a_witness_keeps_watching_across_a_rotation() -> None:
    new = key(seed=2)
    keys = LOG.keys.rotated(rotate(LOG.signing, new, size=9, at=AT))
    later = Log(20, signing=new)
    path = consistency_proof(LOG.tree, 9, 20)
    assert isinstance(Witness(ANN, keys).consider(later.note(), last=LOG.note(9), path=path, at=AT), Witnessed)


def test_nobody_witnesses_with_the_logs_own_key() -> None:
    with pytest.raises(KeyRefused, match="type 04"):
        Witness(key(), LOG.keys)
    own = type(LOG.signing)(ORIGIN, KeyUse.COSIGNATURE, LOG.signing.seed)
    with pytest.raises(KeyRefused, match="witnesses nothing"):
        Witness(own, KeyChain.trusting(LOG.signing.verifier))
