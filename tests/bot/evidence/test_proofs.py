"""A proof file shows a stranger that a record is in the log, and fails when a single bit of anything is changed."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.cosignatures import WitnessPolicy, cosign
from bot.evidence.errors import EvidenceError, NoteRefused, ProofRefused
from bot.evidence.merkle import consistency_proof, inclusion_proof
from bot.evidence.notes import Note
from bot.evidence.proofs import ConsistencyProof, InclusionProof
from tests.bot.evidence.logs import ORIGIN, Log, key, witness_key

AT = datetime(2026, 3, 1, tzinfo=UTC)
NOBODY = WitnessPolicy()
ANN = witness_key("ann")
LOG = Log(11)


def _inclusion(index: int, size: int, log: Log = LOG) -> InclusionProof:
    return InclusionProof(index, inclusion_proof(log.tree, index, size), log.note(size))


def _consistency(old: int, new: int, log: Log = LOG) -> ConsistencyProof:
    return ConsistencyProof(old, consistency_proof(log.tree, old, new), log.note(new))


def test_a_proof_is_written_as_the_specification_shows() -> None:
    lines = _inclusion(2, 11).to_bytes().decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 2"]
    assert [len(b64decode(line)) for line in lines[2:6]] == [32] * 4
    assert lines[6:9] == ["", ORIGIN, "11"]


@pytest.mark.parametrize("index", range(11))
def test_every_record_is_shown_to_be_in_the_log(index: int) -> None:
    for size in range(index + 1, 12):
        read = InclusionProof.parse(_inclusion(index, size).to_bytes())
        assert read.verify(LOG.leaf(index), LOG.keys, NOBODY).checkpoint == LOG.checkpoint(size)


def test_what_a_proof_brings_beside_it_is_passed_over() -> None:
    written = _inclusion(2, 11).to_bytes().replace(b"@v1\n", b"@v1\nextra aGVsbG8=\n")
    assert InclusionProof.parse(written) == _inclusion(2, 11)


def test_another_record_or_place_is_not_shown() -> None:
    proof = _inclusion(2, 11)
    with pytest.raises(ProofRefused, match="not number 3"):
        proof.verify(LOG.leaf(3), LOG.keys, NOBODY)
    with pytest.raises(ProofRefused, match="not number 4"):
        InclusionProof(3, proof.path, proof.note).verify(LOG.leaf(2), LOG.keys, NOBODY)


def test_no_flipped_bit_leaves_a_proof_good_and_none_raises_anything_unforeseen() -> None:
    written = bytearray(_inclusion(4, 11).to_bytes())
    for bit in range(len(written) * 8):
        written[bit // 8] ^= 1 << bit % 8
        with pytest.raises(EvidenceError):
            InclusionProof.parse(bytes(written)).verify(LOG.leaf(4), LOG.keys, NOBODY)
        written[bit // 8] ^= 1 << bit % 8
    assert InclusionProof.parse(bytes(written)) == _inclusion(4, 11)


def test_no_flipped_bit_of_the_record_is_passed_over() -> None:
    leaf = bytearray(LOG.leaf(4))
    for bit in range(len(leaf) * 8):
        leaf[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ProofRefused):
            _inclusion(4, 11).verify(bytes(leaf), LOG.keys, NOBODY)
        leaf[bit // 8] ^= 1 << bit % 8


def test_a_flipped_size_breaks_the_signature_even_where_the_path_would_still_fit() -> None:
    """The tree alone does not tell 5 leaves from 7 by the path of the first; the signed checkpoint does."""
    for size in range(1, 12):
        for bit in range(4):
            proof = _inclusion(0, size)
            said = Checkpoint(ORIGIN, size ^ 1 << bit or 16, LOG.checkpoint(size).root)
            changed = InclusionProof(0, proof.path, Note(said.text, proof.note.signatures))
            with pytest.raises(NoteRefused):
                changed.verify(LOG.leaf(0), LOG.keys, NOBODY)


def test_a_checkpoint_that_is_not_signed_by_the_log_shows_nothing() -> None:
    with pytest.raises(NoteRefused, match="not signed with any key"):
        _inclusion(2, 11, Log(11, signing=key(seed=2))).verify(LOG.leaf(2), LOG.keys, NOBODY)


def test_too_few_witnesses_are_not_enough() -> None:
    policy = WitnessPolicy((ANN.verifier,), 1)
    proof = _inclusion(2, 11)
    with pytest.raises(ProofRefused, match="0 of the 1 witnesses"):
        proof.verify(LOG.leaf(2), LOG.keys, policy)
    note = proof.note.with_signatures([cosign(proof.note, ANN, at=AT)])
    proven = InclusionProof(2, proof.path, note).verify(LOG.leaf(2), LOG.keys, policy)
    assert proven.cosigned.seen_at == {"ann.example": AT}


def test_growth_is_shown_between_any_two_sizes() -> None:
    for old in range(12):
        for new in range(old, 12):
            read = ConsistencyProof.parse(_consistency(old, new).to_bytes())
            assert read.verify(LOG.checkpoint(old), LOG.keys) == LOG.checkpoint(new)


def test_a_changed_history_is_not_shown_to_have_grown() -> None:
    for forked_at in range(7):
        other = Log(11, author="b", forked_at=forked_at)
        with pytest.raises(ProofRefused, match="not shown to begin"):
            _consistency(7, 11, other).verify(LOG.checkpoint(7), LOG.keys)


def test_a_proof_of_growth_from_somewhere_else_is_refused() -> None:
    with pytest.raises(ProofRefused, match="not at this checkpoint"):
        _consistency(6, 11).verify(LOG.checkpoint(7), LOG.keys)


def test_no_flipped_bit_leaves_a_proof_of_growth_good() -> None:
    written = bytearray(_consistency(6, 11).to_bytes())
    for bit in range(len(written) * 8):
        written[bit // 8] ^= 1 << bit % 8
        with pytest.raises(EvidenceError):
            ConsistencyProof.parse(bytes(written)).verify(LOG.checkpoint(6), LOG.keys)
        written[bit // 8] ^= 1 << bit % 8


GOOD = _inclusion(2, 11).to_bytes()


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"", id="empty"),
        pytest.param(GOOD.replace(b"@v1", b"@v2"), id="another-version"),
        pytest.param(GOOD.replace(b"index 2", b"index 02"), id="leading-zero"),
        pytest.param(GOOD.replace(b"index 2", b"index -2"), id="below-nothing"),
        pytest.param(GOOD.replace(b"index 2\n", b""), id="no-index"),
        pytest.param(GOOD[:23] + b"\n" + LOG.note().to_bytes(), id="nothing-but-the-first-line"),
        pytest.param(GOOD.replace(b"index 2\n", b"index 2\nAAAA\n"), id="short-hash"),
        pytest.param(GOOD.replace(b"index 2\n", b"index 2\n!\n"), id="no-base64"),
        pytest.param(GOOD.replace(b"index 2\n", b"index 2\n" + b"A" * 43 + b"=\n" * 1), id="hash-too-many"),
        pytest.param(GOOD.replace(b"index 2\n", b"index 2\n" + (b"A" * 43 + b"=\n") * 65), id="many-too-many"),
        pytest.param(GOOD.partition(b"\n\n")[0], id="no-checkpoint"),
    ],
)
def test_what_is_no_proof_is_refused(written: bytes) -> None:
    with pytest.raises(ProofRefused):
        InclusionProof.parse(written).verify(LOG.leaf(2), LOG.keys, NOBODY)


@settings(deadline=None)
@given(st.binary() | st.binary().map(lambda tail: GOOD[:120] + tail))
def test_garbage_is_no_proof_and_raises_nothing_unforeseen(garbage: bytes) -> None:
    for parse in (InclusionProof.parse, ConsistencyProof.parse):
        with pytest.raises(EvidenceError):
            parse(garbage)
