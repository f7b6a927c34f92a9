"""Witnesses' signatures count once each, at their time, and only when enough of them are there."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.evidence.cosignatures import WitnessPolicy, cosign, cosigners
from bot.evidence.errors import KeyRefused, NoteRefused
from bot.evidence.notes import KeyUse, Note, Signature
from tests.bot.evidence.logs import Log, key, witness_key

AT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
ANN, BEN, CAT = (witness_key(name) for name in ("ann", "ben", "cat"))
KNOWN = tuple(witness.verifier for witness in (ANN, BEN, CAT))
NOTE = Log(5).note()


def test_a_cosignature_is_the_specifications_message_signed() -> None:
    signature = cosign(NOTE, ANN, at=AT)
    stamp = int(AT.timestamp())
    assert signature.value[:8] == stamp.to_bytes(8)
    assert ANN.verifier.signed(f"cosignature/v1\ntime {stamp}\n{NOTE.text}".encode(), signature.value[8:])
    assert len(signature.value) == 72
    assert signature.key_id == ANN.verifier.id


def test_a_checkpoint_shows_who_saw_it_and_when() -> None:
    later = AT + timedelta(hours=1)
    note = NOTE.with_signatures([cosign(NOTE, ANN, at=AT), cosign(NOTE, CAT, at=later)])
    assert cosigners(Note.parse(note.to_bytes()), KNOWN) == {ANN.verifier: AT, CAT.verifier: later}
    assert Log(5).keys.checkpoint(note) == Log(5).checkpoint()


@pytest.mark.parametrize(("quorum", "enough"), [(0, True), (1, True), (2, True), (3, False)])
def test_enough_is_what_the_policy_says(quorum: int, enough: bool) -> None:
    note = NOTE.with_signatures([cosign(NOTE, ANN, at=AT), cosign(NOTE, CAT, at=AT)])
    found = WitnessPolicy(KNOWN, quorum).check(note)
    assert found.enough == enough
    assert found.missing == ("ben.example",)
    assert found.seen_at == {"ann.example": AT, "cat.example": AT}


def test_one_witness_counts_once_with_the_latest_time() -> None:
    times = [AT, AT + timedelta(days=2), AT + timedelta(days=1)]
    note = NOTE.with_signatures(cosign(NOTE, ANN, at=at) for at in times)
    found = WitnessPolicy(KNOWN, 2).check(note)
    assert not found.enough
    assert found.seen_at == {"ann.example": times[1]}


def test_a_cosignature_belongs_to_its_checkpoint_alone() -> None:
    note = Log(6).note().with_signatures([cosign(NOTE, ANN, at=AT)])
    with pytest.raises(NoteRefused, match="changed or forged"):
        cosigners(note, KNOWN)


def test_no_flipped_bit_leaves_a_cosignature_good() -> None:
    good = cosign(NOTE, ANN, at=AT)
    for bit in range(len(good.value) * 8):
        value = (int.from_bytes(good.value) ^ 1 << bit).to_bytes(len(good.value))
        with pytest.raises(NoteRefused):
            cosigners(NOTE.with_signatures([Signature(good.name, good.key_id, value)]), KNOWN)


@pytest.mark.parametrize("length", [1, 7, 8, 9, 64, 71, 73])
def test_a_cosignature_of_another_length_is_refused(length: int) -> None:
    signature = Signature(ANN.name, ANN.verifier.id, random.Random(1).randbytes(length))
    with pytest.raises(NoteRefused):
        cosigners(NOTE.with_signatures([signature]), KNOWN)


def test_strangers_cosignatures_say_nothing() -> None:
    note = NOTE.with_signatures([cosign(NOTE, witness_key("eve"), at=AT)])
    assert not cosigners(note, KNOWN)


def test_a_log_cannot_witness_itself() -> None:
    with pytest.raises(KeyRefused):
        cosign(NOTE, key(), at=AT)
    with pytest.raises(KeyRefused):
        WitnessPolicy((key().verifier,), 1)


@pytest.mark.parametrize("quorum", [-1, 4])
def test_a_policy_that_nothing_could_meet_is_refused(quorum: int) -> None:
    with pytest.raises(KeyRefused, match="of 3 witnesses"):
        WitnessPolicy(KNOWN, quorum)


def test_nobody_is_two_witnesses() -> None:
    alias = key("alias.example", KeyUse.COSIGNATURE)
    twice = type(ANN.verifier)("alias.example", KeyUse.COSIGNATURE, ANN.verifier.public)
    with pytest.raises(KeyRefused, match="same key"):
        WitnessPolicy((ANN.verifier, twice), 2)
    namesake = type(ANN.verifier)(ANN.name, KeyUse.COSIGNATURE, alias.verifier.public)
    with pytest.raises(KeyRefused, match="same name"):
        WitnessPolicy((ANN.verifier, namesake), 2)
