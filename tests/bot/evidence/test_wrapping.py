"""Keys and salts are stored wrapped, open under their own name alone, and outlive a change of the wrapping key."""

import pytest

from bot.evidence.errors import KeyRefused, SealBroken
from bot.evidence.notes import write_base64
from bot.evidence.wrapping import KeyRing, WrappingKey

RING = KeyRing(WrappingKey(bytes(range(32))))
SECRET = bytes(range(100, 132))


def test_what_was_wrapped_is_unwrapped_under_its_name() -> None:
    wrapped = RING.wrap("dek|i_1", SECRET)
    assert SECRET not in wrapped
    assert RING.unwrap("dek|i_1", wrapped) == SECRET
    assert RING.wrap("dek|i_1", SECRET) != wrapped


def test_the_form_of_a_wrapped_key_does_not_change() -> None:
    """01, the wrapping key's id, twelve bytes of nonce, then AES-256-GCM with the name beside it."""
    wrapped = bytes.fromhex("01b8d958c601e5e4f6f0f1f2f3f4f5f6f7f8f9fafb6421a08d2167774cb255e93be25aa4e102e8")
    assert RING.wrap("dek|i_1", b"ab", lambda count: bytes(range(0xF0, 0xF0 + count))) == wrapped


def test_one_wrapped_key_cannot_be_put_in_the_place_of_another() -> None:
    with pytest.raises(SealBroken, match="belongs to something else"):
        RING.unwrap("dek|i_2", RING.wrap("dek|i_1", SECRET))


def test_no_flipped_bit_is_passed_over() -> None:
    wrapped = RING.wrap("salt|s_1", SECRET)
    for bit in range(len(wrapped) * 8):
        with pytest.raises(SealBroken):
            RING.unwrap("salt|s_1", (int.from_bytes(wrapped) ^ 1 << bit).to_bytes(len(wrapped)))


@pytest.mark.parametrize("length", range(69))
def test_what_was_cut_short_is_refused(length: int) -> None:
    with pytest.raises(SealBroken):
        RING.unwrap("a", RING.wrap("a", SECRET)[:length])


def test_after_a_rotation_old_and_new_open_and_only_the_old_is_stale() -> None:
    before = RING.wrap("a", SECRET)
    ring = RING.rotated(WrappingKey.new())
    after = ring.rewrap("a", before)
    assert ring.unwrap("a", before) == ring.unwrap("a", after) == SECRET
    assert (ring.stale(before), ring.stale(after)) == (True, False)
    assert not RING.stale(before)
    alone = KeyRing(ring.present)
    assert alone.unwrap("a", after) == SECRET
    with pytest.raises(SealBroken, match=f"not here .{RING.present.id.hex()}"):
        alone.unwrap("a", before)


def test_keys_are_read_as_they_are_written_the_present_one_first() -> None:
    ring = RING.rotated(WrappingKey.new()).rotated(WrappingKey.new())
    assert KeyRing.parse(ring.secret_lines()) == ring
    assert KeyRing.parse(ring.secret_lines().replace("\n", " ")) == ring
    assert KeyRing.parse(f"\n  {write_base64(bytes(range(32)))}  \n\n") == RING


@pytest.mark.parametrize(
    "lines",
    ["", "\n", "secret", write_base64(bytes(31)), write_base64(bytes(33)), write_base64(bytes(32)).rstrip("=")],
)
def test_what_is_no_key_is_refused_with_the_way_to_make_one_and_not_repeated(lines: str) -> None:
    with pytest.raises(KeyRefused, match="openssl rand") as refused:
        KeyRing.parse(lines)
    assert not lines.strip() or lines not in str(refused.value)


def test_secrets_show_in_no_representation() -> None:
    for shown in (repr(RING), str(RING), repr(RING.present)):
        assert repr(RING.present.secret) not in shown
        assert RING.present.secret.hex() not in shown
        assert write_base64(RING.present.secret) not in shown


def test_an_id_tells_keys_apart_and_is_no_part_of_them() -> None:
    assert RING.present.id != WrappingKey.new().id
    assert RING.present.id not in RING.present.secret
    assert len(RING.present.id) == 8
