"""JSON read as it comes: whole, cut off, broken, hostile, and in constant memory."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replay_adapter import streaming
from bot.replay_adapter.streaming import BrokenError, JsonStream

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Dripping(io.BytesIO):
    """Gives a byte or a few at a time, as a slow source does."""

    def read1(self, size: int | None = -1) -> bytes:
        """Give at most three bytes."""
        return super().read1(3)


def elements(given: bytes) -> tuple[list[object], str]:
    """Give what could be read of a list, and why it ended early."""
    found: list[object] = []
    try:
        found.extend(JsonStream(io.BytesIO(given)).elements())
    except BrokenError as broken:
        return found, str(broken)
    return found, ""


@given(st.lists(VALUES, max_size=6), st.booleans())
def test_a_list_is_read_as_it_was_written(values: list[object], spaced: bool) -> None:
    written = json.dumps(values, indent=2 if spaced else None).encode()
    assert list(JsonStream(Dripping(written)).elements()) == values


@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_an_object_is_read_as_it_was_written(values: dict[str, object]) -> None:
    stream = JsonStream(Dripping(json.dumps(values, ensure_ascii=False).encode()))
    assert {key: stream.value() for key in stream.members()} == values


@given(st.lists(VALUES, max_size=5), st.integers(min_value=0, max_value=300))
def test_what_stands_before_a_cut_is_given_whole(values: list[object], cut: int) -> None:
    written = json.dumps(values).encode()
    found, why = elements(written[:cut])
    assert found == values[: len(found)]
    assert (why == "") is (cut >= len(written))


@given(st.binary(max_size=400))
def test_no_bytes_at_all_raise_anything_else(given: bytes) -> None:
    elements(given)


@pytest.mark.parametrize(
    ("given", "found", "why"),
    [
        (b'[{"a": 1}, {"a"', [{"a": 1}], "cut off"),
        (b'[{"a": 1}, nonsense, and so on]', [{"a": 1}], "no JSON at about character 11"),
        (b'[{"a": 1}, {"b": 2, c: 3}, "and so on"]', [{"a": 1}], "no JSON at about character 20"),
        (b'[{"a": 1} {"a": 2}]', [{"a": 1}], ", was expected"),
        (b'{"a": 1}', [], "[ was expected"),
        (b"", [], "cut off"),
        (b"<html>", [], "[ was expected"),
    ],
)
def test_what_is_broken_is_told_and_what_came_before_is_given(given: bytes, found: list[object], why: str) -> None:
    values, told = elements(given)
    assert values == found
    assert why in told


def test_a_sentence_about_broken_json_has_none_of_its_text() -> None:
    _, told = elements(b'["a secret" "another secret"]')
    assert "secret" not in told


def test_what_is_no_utf_8_or_no_character_costs_no_message() -> None:
    assert elements(b'["a\xffb", "\\ud800", "\\u0000", "\xf0\x9f\x98\x80"]')[0] == ["a\udcffb", "\ud800", "\x00", "😀"]


def test_a_mark_at_the_beginning_of_the_file_is_passed_over() -> None:
    assert elements("\ufeff[1]".encode())[0] == [1]


@pytest.mark.parametrize("bomb", [b"[" * 1_000_000, b'[{"a":' * 500_000], ids=["lists", "objects"])
def test_deep_nesting_is_refused(bomb: bytes) -> None:
    assert "nested too deep" in elements(bomb)[1]


def test_a_value_without_end_is_given_up_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LONGEST_VALUE", 100_000)
    monkeypatch.setattr(streaming, "CHUNK", 10_000)
    file = io.BytesIO(b'["good", "' + b"a" * 5_000_000)
    with pytest.raises(BrokenError, match="too long"):
        list(JsonStream(file).elements())
    assert file.tell() < 1_000_000


class Endless(io.BytesIO):
    """A list of some 40 MB that is made up while it is read."""

    def __init__(self, row: bytes, times: int) -> None:
        super().__init__()
        self._row, self._left = row, times

    def read1(self, size: int | None = -1) -> bytes:
        """Give another hundred rows."""
        self._left -= 100
        return b"[" + self._row + b"," if self._left == 39_900 else (self._row + b",") * 100 if self._left > 0 else b""


def number_of_elements(stream: JsonStream) -> int:
    """Count the values of a list that is cut off in the end."""
    read = 0
    try:
        for _ in stream.elements():
            read += 1
    except BrokenError:
        pass
    return read


def test_a_long_file_is_read_in_constant_memory() -> None:
    row = json.dumps({"text": "See you at the count. " * 50}).encode()
    tracemalloc.start()
    read = number_of_elements(JsonStream(Endless(row, 40_000)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read > 39_000
    assert most < 10 * 1024 * 1024
