"""JSON Lines in, JSON Lines out: the messages and people that `hustings check` reads, the decisions it writes."""

import codecs
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson

from handlers.checking import Checked, StreamedMessage
from policies.findings import Finding
from policies.identifiers import MemberId, PlatformName
from policies.people import Person

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes; a longer line is passed over with an error, so that no input can fill the memory."""


_A_MESSAGE = '{"id": "1", "text": "hello"}'
_A_PERSON = '{"id": "42", "name": "Ann Lee", "handles": ["ann"]}'
"""What a line looks like."""


class BadLineError(ValueError):
    """A line that holds no message; the text says why and what a line looks like."""


def lines(source: BinaryIO) -> Iterator[tuple[int, bytes | BadLineError]]:
    """Give the lines of a stream that are not blank, with their numbers from 1; an overlong one is an error."""
    number = 0
    while line := source.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := source.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, BadLineError(f"the line is longer than {LONGEST_LINE} bytes; split it into several messages")
        elif line.strip():
            yield number, line


def message_of(line: bytes) -> tuple[str | int, StreamedMessage]:
    """Read one line as a message, with its id as it was written; raises `BadLineError` if it has no `id` and `text`.

    A field that is optional and cannot be used is taken as absent: the message is still judged.
    """
    values = _object(line, _A_MESSAGE)
    if not isinstance(values, dict):
        raise BadLineError(f"the line holds {_kind(values)}, not an object; write {_A_MESSAGE}")
    identity, text = values.get("id"), values.get("text")
    if not isinstance(identity, str | int) or isinstance(identity, bool):
        raise BadLineError(f"{_lacking(values, 'id')}; give every message one, as text or a number")
    if not isinstance(text, str):
        raise BadLineError(f"{_lacking(values, 'text')}; give the words of the message as text")
    platform = values.get("platform")
    return identity, StreamedMessage(
        id=str(identity),
        text=text,
        kind=_word(values, "kind") or "posted",
        platform=PlatformName(platform) if platform in tuple(PlatformName) else PlatformName.DISCORD,
        channel=_word(values, "channel"),
        author=_word(values, "author"),
        author_name=_word(values, "author_name"),
        thread=_word(values, "thread"),
        reply_to=_word(values, "reply_to"),
        at=_moment(values.get("at")),
    )


def person_of(line: bytes) -> Person:
    """Read one line of a people file; raises `BadLineError` if it has no `id` and `name`."""
    values = _object(line, _A_PERSON)
    if not isinstance(values, dict) or not _word(values, "id") or not _word(values, "name"):
        raise BadLineError(f"a person needs `id` and `name`; write {_A_PERSON}")
    lists = {name: values.get(name) for name in ("handles", "roles")}
    for name, words in lists.items():
        if words is not None and not (isinstance(words, list) and all(isinstance(word, str) for word in words)):
            raise BadLineError(f'`{name}` of {values["name"]} is no list of texts; write "{name}": ["..."]')
    return Person(
        id=MemberId(_word(values, "id")),
        name=_word(values, "name"),
        handles=tuple(lists["handles"] or ()),
        roles=tuple(lists["roles"] or ()),
    )


def decision_line(identity: str | int, checked: Checked) -> bytes:
    """Write a decision as one line of JSON; the id is given back as it came."""
    assessment, decision = checked.assessment, checked.decision
    return written(
        {
            "id": identity,
            "action": decision.action.value,
            "actions": [action.value for action in decision.actions],
            "categories": [category.value for category in decision.categories],
            "rules": [match.rule for match in decision.rules],
            "findings": [finding_values(finding) for finding in assessment.findings],
            "scores": assessment.scores.as_dict() if assessment.scores else None,
            "scorer": assessment.scorer,
            "degraded": list(decision.degraded),
            "stance": assessment.stance.value,
            "policy": {
                "name": decision.policy.name,
                "version": decision.policy.version,
                "sha256": decision.policy.sha256,
            },
        }
    )


def finding_values(finding: Finding) -> dict[str, Any]:
    """Give a finding in words and numbers; start and end count code points of the original text."""
    return {
        "kind": finding.kind,
        "entry": finding.entry,
        "categories": [category.value for category in finding.categories],
        "start": finding.span.start,
        "end": finding.span.end,
        "stance": finding.stance.value,
        "aim": finding.aim.value,
        "certainty": finding.certainty.value,
        "characteristic": finding.characteristic,
        "doubted": finding.doubted,
        "view": finding.view,
        "because": finding.because,
    }


def error_line(number: int, error: BadLineError) -> bytes:
    """Write the answer to a line that is no message, with its number in the input."""
    return written({"id": None, "line": number, "error": str(error)})


def written(values: dict[str, Any]) -> bytes:
    """Write an object as one line; lone surrogates, which UTF-8 cannot hold, are escaped."""
    try:
        return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return json.dumps(values).encode("ascii") + b"\n"


def _object(line: bytes, example: str) -> Any:
    """Read JSON, also what orjson refuses and JSON allows: escaped lone surrogates, huge numbers.

    Raises `BadLineError` with an `example` of what a line looks like.
    """
    try:
        values = orjson.loads(line)
        # orjson rounds whole numbers of more than 64 bits, which would be another message's id.
        if not (isinstance(values, dict) and any(isinstance(value, float) for value in values.values())):
            return values
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(line.decode("utf-8").rstrip("\r\n"))
    except UnicodeDecodeError as error:
        raise BadLineError(f"the line is not UTF-8 (byte {error.start + 1}); save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            what = f"{_IN_OTHER_WORDS.get(error.msg, error.msg)} at character {error.pos + 1}"
        else:
            deep = isinstance(error, RecursionError)
            what = "nested too deep" if deep else f"a number of more than {sys.get_int_max_str_digits()} digits"
        raise BadLineError(f"the line is not JSON ({what}); write {example}") from None


def _word(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _moment(value: Any) -> datetime | None:
    """Read a time as ISO 8601 or seconds since 1970; one without a zone is in UTC."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str) and value:
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


_IN_OTHER_WORDS = {
    "Expecting value": "a value is missing",
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing",
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Unterminated string starting at": "a text begins that does not end",
    "Invalid control character at": "a control character stands",
    "Invalid \\escape": "a backslash stands before what it cannot mean",
    "Invalid \\escape: ": "a backslash stands before what it cannot mean",
    "Invalid \\uXXXX escape": "four digits are missing behind \\u",
    "Extra data": "something is left over",
}
"""What the JSON module of Python says (3.11 to 3.14), for people who write no Python."""


def _lacking(values: dict[str, Any], name: str) -> str:
    if values.get(name) is None:
        return f"the object has no `{name}`"
    return f"`{name}` is {_kind(values[name])}"


def _kind(value: Any) -> str:
    names = {list: "a list", dict: "an object", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
