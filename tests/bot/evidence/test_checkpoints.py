"""A checkpoint says which log, how many records and which root, and none is signed that takes anything back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence.checkpoints import Checkpoint, ensure_continues, sign_checkpoint
from bot.evidence.errors import KeyRefused, LogRolledBack, NoteRefused
from bot.evidence.merkle import EMPTY_ROOT, LARGEST
from bot.evidence.notes import Note, signers, write_base64
from tests.bot.evidence.logs import ORIGIN, Log, key

# The example in C2SP's specification of checkpoints, with the cosignature of its specification of cosignatures.
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - signature lines are as long as they are


def test_the_specifications_example_is_read() -> None:
    note = Note.parse(EXAMPLE.encode())
    checkpoint = Checkpoint.claimed_by(note)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == note.text
    assert note.to_bytes() == EXAMPLE.encode()
    assert int.from_bytes(note.signatures[1].value[:8]) == 1679315147


@settings(deadline=None)
@given(
    st.from_regex(r"[a-z.]{1,20}(/[a-z]{1,9})?", fullmatch=True),
    st.integers(1, LARGEST),
    st.binary(min_size=32, max_size=32),
)
def test_a_checkpoint_reads_back_as_it_was(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert Checkpoint.claimed_by(Note(checkpoint.text)) == checkpoint


ROOT = write_base64(EMPTY_ROOT)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{ORIGIN}\n0\n", id="no-root"),
        pytest.param(f"{ORIGIN}\n0\n{ROOT}\nextension\n", id="extension"),
        pytest.param(f"{ORIGIN}\n01\n{ROOT}\n", id="leading-zero"),
        pytest.param(f"{ORIGIN}\n+1\n{ROOT}\n", id="sign"),
        pytest.param(f"{ORIGIN}\n-1\n{ROOT}\n", id="below-nothing"),
        pytest.param(f"{ORIGIN}\n１\n{ROOT}\n", id="another-script's-digit"),
        pytest.param(f"{ORIGIN}\n9223372036854775808\n{ROOT}\n", id="too-large"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT[:-4]}\n", id="short-root"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT.rstrip('=')}\n", id="root-without-padding"),
        pytest.param(f"\n1\n{ROOT}\n", id="no-origin"),
        pytest.param(f"two words\n1\n{ROOT}\n", id="origin-with-space"),
        pytest.param(f"{ORIGIN}\n0\n{write_base64(bytes(32))}\n", id="empty-log-with-a-root"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.claimed_by(Note(text))


def test_a_log_signs_what_it_holds() -> None:
    log = Log(12)
    note = sign_checkpoint(log.tree, 12, log.signing, log.checkpoint(7))
    assert Checkpoint.claimed_by(note) == log.checkpoint()
    assert set(signers(note, [log.signing.verifier])) == {log.signing.verifier}


def test_the_same_state_can_be_signed_again() -> None:
    log = Log(12)
    assert sign_checkpoint(log.tree, 12, log.signing, log.checkpoint()) == log.note()
    assert sign_checkpoint(Log(0).tree, 0, log.signing, None).text == Log(0).checkpoint().text


def test_a_smaller_log_than_was_signed_is_neither_signed_nor_gone_on_with() -> None:
    log = Log(9)
    last = Log(10).checkpoint()
    with pytest.raises(LogRolledBack, match="9 records, but 10 were signed"):
        ensure_continues(log.tree, 9, last)
    with pytest.raises(LogRolledBack, match="9 records, but 10 were signed"):
        sign_checkpoint(log.tree, 9, log.signing, last)


@pytest.mark.parametrize("forked_at", range(10))
def test_a_log_in_which_any_signed_record_differs_is_not_signed(forked_at: int) -> None:
    other = Log(15, author="b", forked_at=forked_at)
    with pytest.raises(LogRolledBack, match="first 10 records"):
        sign_checkpoint(other.tree, 15, other.signing, Log(10).checkpoint())


def test_records_after_the_last_signed_one_may_be_any() -> None:
    other = Log(15, author="b", forked_at=10)
    note = sign_checkpoint(other.tree, 15, other.signing, Log(10).checkpoint())
    assert Checkpoint.claimed_by(note) == other.checkpoint()


def test_one_log_does_not_sign_for_another() -> None:
    with pytest.raises(KeyRefused, match=r"signs for other\.example"):
        sign_checkpoint(Log(3).tree, 3, key("other.example"), Log(2).checkpoint())
