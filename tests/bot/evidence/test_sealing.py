"""What is sealed opens at its own place under its own key, whole, or not at all."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence.errors import KeyRefused, SealBroken
from bot.evidence.sealing import DataKey, Place

KEY = DataKey(bytes(range(32)))
PLACE = Place("s_01", "text", 41)
WORDS = b"the words as they were delivered"


@settings(deadline=None)
@given(st.binary())
def test_any_value_opens_as_it_was_sealed(value: bytes) -> None:
    assert KEY.open(PLACE, KEY.seal(PLACE, value)) == value


def test_a_sealed_value_shows_nothing_and_is_never_sealed_the_same_way_twice() -> None:
    first, second = KEY.seal(PLACE, WORDS), KEY.seal(PLACE, WORDS)
    assert WORDS not in first
    assert first != second
    assert len(first) == 1 + 12 + len(WORDS) + 16


def test_the_form_of_a_sealed_value_does_not_change() -> None:
    """01, twelve bytes of nonce, then AES-256-GCM with the place as `id|field|seq` beside it."""
    sealed = bytes.fromhex("01f0f1f2f3f4f5f6f7f8f9fafb0864dd69fb3b8642ff83ab8207d41b101b4c")
    assert KEY.seal(PLACE, b"ab", lambda count: bytes(range(0xF0, 0xF0 + count))) == sealed


def test_no_flipped_bit_is_passed_over() -> None:
    sealed = KEY.seal(PLACE, WORDS)
    for bit in range(len(sealed) * 8):
        with pytest.raises(SealBroken):
            KEY.open(PLACE, (int.from_bytes(sealed) ^ 1 << bit).to_bytes(len(sealed)))


@pytest.mark.parametrize("length", range(30))
def test_what_was_cut_short_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        KEY.open(PLACE, KEY.seal(PLACE, b"")[:length] if length < 29 else b"")


@pytest.mark.parametrize("place", [Place("s_02", "text", 41), Place("s_01", "author", 41), Place("s_01", "text", 42)])
def test_what_was_moved_does_not_open(place: Place) -> None:
    with pytest.raises(SealBroken, match="moved") as broken:
        KEY.open(place, KEY.seal(PLACE, WORDS))
    assert WORDS.decode() not in str(broken.value)


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBroken):
        DataKey.new().open(PLACE, KEY.seal(PLACE, WORDS))


@pytest.mark.parametrize(
    "wrong", [("a|b", "c", 1), ("a", "b|c", 1), ("", "b", 1), ("a", "", 1), ("a", "b", 0), ("a\n", "b", 1)]
)
def test_two_places_can_never_be_mistaken_for_one_another(wrong: tuple[str, str, int]) -> None:
    with pytest.raises(ValueError, match="A place has"):
        Place(*wrong)


def test_keys_are_made_by_chance_and_show_in_no_representation() -> None:
    assert DataKey.new() != DataKey.new()
    assert DataKey.new(random.Random(1).randbytes) == DataKey.new(random.Random(1).randbytes)
    assert repr(KEY.secret) not in repr(KEY)
    assert KEY.secret.hex() not in f"{KEY} {KEY!r}"


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(KeyRefused, match="32 bytes"):
        DataKey(bytes(length))
