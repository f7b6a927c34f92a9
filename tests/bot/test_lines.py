"""Lines in, lines out: nothing a stream may hold breaks `check`, and no bad line takes a good one with it."""

import io
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lines import LONGEST_LINE, BadLineError, error_line, lines, message_of, written
from policies.identifiers import PlatformName


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param(b"{", "is not JSON", id="cut-in-half"),
        pytest.param(b'{"id": "1"}', "no `text`", id="no-text"),
        pytest.param(b'{"text": "x"}', "no `id`", id="no-id"),
        pytest.param(b'{"id": true, "text": "x"}', "`id` is true or false; give", id="id-is-a-bool"),
        pytest.param(b'{"id": "1", "text": 7}', "`text` is a number; give", id="text-is-a-number"),
        pytest.param(b'{"id": {}, "text": "x"}', "`id` is an object; give", id="id-is-an-object"),
        pytest.param(b'{"id": null, "text": "x"}', "the object has no `id`", id="id-is-null"),
        pytest.param(b'{"id": "1", "text":\n', "(a value is missing at character 20)", id="breaks-off-at-the-line-end"),
        pytest.param(b'{"id": "1" "text": "x"}', "(a comma is missing at character 12)", id="no-comma"),
        pytest.param(b'{"id" "1"}', "(a colon is missing at character 7)", id="no-colon"),
        pytest.param(b"{id: 1}", "(a name in double quotes is missing at character 2)", id="bare-name"),
        pytest.param(b'{"id": "1", "te', "(a text begins that does not end at character 13)", id="cut-in-a-text"),
        pytest.param(b'{"id": "\t"}', "(a control character stands at character 9)", id="tab-in-a-text"),
        pytest.param(b'{"id": "\\q"}', "(a backslash stands before what it cannot mean at", id="backslash"),
        pytest.param(b'{"id": "1", "text": "x"} {}', "(something is left over at character 26)", id="two-objects"),
        pytest.param(b"[]", "a list, not an object", id="list"),
        pytest.param(b"null", "null, not an object", id="null"),
        pytest.param(b'{"id": "1", "text": "\xff"}', "not UTF-8", id="not-utf-8"),
        pytest.param(b"[" * 100_000, "is not JSON", id="nested-too-deep"),
    ],
)
def test_a_line_that_is_no_message_says_why_and_what_to_write(line: bytes, says: str) -> None:
    with pytest.raises(BadLineError, match=re.escape(says)):
        message_of(line)


def test_the_fields_of_a_message_are_read() -> None:
    line = {
        "id": 7, "text": "hi", "platform": "slack", "channel": "c", "author": 12, "author_name": "Ann",
        "thread": "t", "reply_to": "6", "at": "2026-11-21T10:00:00+01:00", "kind": "edited",
    }  # fmt: skip
    identity, message = message_of(json.dumps(line).encode())
    assert identity == 7
    assert (message.platform, message.channel, message.author, message.reply_to) == (PlatformName.SLACK, "c", "12", "6")
    assert message.at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert message.kind == "edited"


@pytest.mark.parametrize("value", [None, [], {}, 1e300, "yesterday", "9999-99-99", True, float("-inf")])
def test_an_optional_field_that_cannot_be_used_never_costs_the_message(value: object) -> None:
    optional = ("platform", "channel", "author", "author_name", "thread", "reply_to", "at", "kind")
    line = json.dumps({"id": "1", "text": "hi", **dict.fromkeys(optional, value)}).encode()
    assert message_of(line)[1].text == "hi"


def test_lone_surrogates_and_nul_pass_through() -> None:
    identity, message = message_of(b'{"id": "\\ud800", "text": "a\\u0000\\udfff"}')
    assert message.text == "a\x00\udfff"
    assert json.loads(written({"id": identity})) == {"id": "\ud800"}


def test_an_overlong_line_is_an_error_and_the_next_one_is_read() -> None:
    stream = io.BytesIO(b"x" * (2 * LONGEST_LINE + 5) + b'\n\n{"id": "1", "text": "hi"}\n')
    (one, first), (other, second) = list(lines(stream))
    assert (one, other) == (1, 3)
    assert isinstance(first, BadLineError)
    assert isinstance(second, bytes)
    assert message_of(second)[1].text == "hi"


def test_an_error_has_no_id() -> None:
    assert json.loads(error_line(7, BadLineError("no"))) == {"id": None, "line": 7, "error": "no"}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_an_error(line: bytes) -> None:
    try:
        assert isinstance(message_of(line)[1].text, str)
    except BadLineError:
        assert len(line) < LONGEST_LINE


@given(
    st.dictionaries(st.text(max_size=5), st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=5))
)
def test_whatever_is_written_can_be_read_again(values: dict[str, object]) -> None:
    assert json.loads(written(values)) == values


@pytest.mark.parametrize("number", [2**63, 2**64 + 1, int("7" * 60)])
def test_a_number_of_any_length_is_an_id_and_comes_back_digit_for_digit(number: int) -> None:
    line = f'{{"id": {number}, "text": "hi", "author": {number}, "reply_to": {number}}}'.encode()
    identity, message = message_of(line)
    assert (message.id, message.author, message.reply_to) == (str(number), str(number), str(number))
    assert json.loads(written({"id": identity}))["id"] == number


def test_a_number_that_is_too_long_to_read_is_called_that() -> None:
    with pytest.raises(BadLineError, match="a number of more than"):
        message_of(b'{"id": ' + b"9" * 10_000 + b', "text": "hi"}')


def test_the_mark_that_windows_puts_before_a_file_costs_no_message() -> None:
    ((_, line),) = lines(io.BytesIO(b'\xef\xbb\xbf{"id": "1", "text": "hi"}\n'))
    assert isinstance(line, bytes)
    assert message_of(line)[0] == "1"
