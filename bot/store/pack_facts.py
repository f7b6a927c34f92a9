"""What the report of a pack says about an incident: from what is disclosed, and from nothing else."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.evidence.leaves import Leaf, write_moment
from bot.evidence.packs.case_parts import STEWARDS
from bot.evidence.packs.contents import Fact, Opening, PackedRecord
from bot.evidence.packs.parts import Part, part_of
from bot.evidence.words import Kind, Number, Sealed
from bot.store.codec import load, to_bytes, to_text
from policies.findings import Span
from policies.text.masking import mask

_SHORTEST = 3
"""Words of fewer bytes are in everything; to look for them would withhold everything."""
_SHORTEST_AROUND = 16
"""Around a message people say "yes" and "thanks"; who repeats that repeats nobody."""
_AROUND = (Sealed.CONTEXT_BEFORE, Sealed.CONTEXT_AFTER)
_SAID = (Sealed.TEXT, Sealed.BEFORE, Sealed.PARENT, Sealed.PARENT_CONTEXT, *_AROUND)
_TELLING = ("id", "name", "handle", "channel", "message", "member", "key", "reporter", "reporter_account")


Masking = Callable[[str], str]
"""Masks what a detector finds in a text."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be read in what is disclosed.

    `words` in nothing; `around`, what people said around a message, in nothing but what was said itself: an answer
    quotes, and a message that is answered stands around the answer as well. `names` are those of people who act on the
    record; they name nobody within another word, as Ida does not in Friday.
    """

    words: tuple[bytes, ...]
    around: tuple[bytes, ...]
    names: tuple[bytes, ...] = ()


def telling(opened: Iterable[tuple[Leaf, Mapping[str, Opening], Collection[Part]]]) -> Secrets:
    """Give what must not be read anywhere in what is disclosed: names, ids and words of the parts withheld."""
    found: set[bytes] = set()
    around: set[bytes] = set()
    names: set[bytes] = set()
    for leaf, values, chosen in opened:
        for field, opening in values.items():
            if field in _AROUND:
                if Part.CONTEXT not in chosen:
                    around |= {to_bytes(message["text"]) for message in _list(opening.value)}
            elif field != Sealed.BODY and part_of(leaf, field) not in chosen:
                acted = leaf.kind in STEWARDS and field == Sealed.AUTHOR
                (names if acted else found).update(_words_of(opening.value))
        if Sealed.TEXT in values and part_of(leaf, Sealed.TEXT) not in chosen:
            # Reasons quote the very words that were found, so these are looked for one by one.
            found |= {word.encode("utf-8", "surrogatepass") for word in _findings(values)[1]}
    return Secrets(
        tuple(sorted(word.lower() for word in found if len(word) >= _SHORTEST)),
        tuple(sorted(text.lower() for text in around if len(text) >= _SHORTEST_AROUND)),
        tuple(sorted(name.lower() for name in names if name)),
    )


def repeats(field: str, value: bytes, secrets: Secrets) -> bool:
    """Whether a value repeats something that is withheld; files are looked through piece by piece, elsewhere."""
    lowered, words, names = value.lower(), secrets.words, secrets.names
    if field not in _SAID:
        words += secrets.around
    named = (re.search(rb"(?<![a-z0-9])" + re.escape(name) + rb"(?![a-z0-9])", lowered) for name in names)
    return any(word in lowered for word in words) or any(named)


def facts(
    records: Sequence[PackedRecord],
    whole: Mapping[str, Opening] | None,
    *,
    show_text: bool,
    masked: Masking | None = None,
) -> Iterator[Fact]:
    """Give the lines of the report in the order of the records; `whole` says what to mask, and is not shown.

    `masked` masks what was said around the message; without it that is not shown.
    """
    spans, found = _findings(whole)
    for record in records:
        match record.leaf.kind:
            case Kind.INCIDENT_RECORDED | Kind.MESSAGE_EDITED:
                yield from _message(record, () if show_text else spans, show_text=show_text)
                yield from _judgement(record)
            case Kind.OUTCOME_RECORDED:
                yield _outcome(record)
            case Kind.ACT_RECORDED:
                yield _act(record, frozenset() if show_text else found)
            case Kind.MESSAGE_DELETED:
                at = record.leaf.plat_at or record.leaf.at
                yield Fact("Deleted", f"the message went away at {_at(at)}", record.leaf.seq)
            case Kind.ATTACHMENT_KEPT | Kind.ATTACHMENT_MISSED:
                yield Fact("Copies of files", _copy(record), record.leaf.seq)
            case Kind.CONTEXT_KEPT:
                yield from _around(record, str if show_text else masked)
            case _:
                continue


def _message(record: PackedRecord, spans: Sequence[Span], *, show_text: bool) -> Iterator[Fact]:
    leaf, opened = record.leaf, _opened(record)
    if leaf.plat_at is not None:
        yield Fact("Written", _at(leaf.plat_at), leaf.seq)
    yield Fact("Recorded", _at(leaf.at), leaf.seq)
    yield from _place(leaf.seq, opened)
    text = record.openings.get(Sealed.TEXT)
    if text is not None:
        yield Fact("Text", _shown(to_text(text.value), spans), leaf.seq, quoted=True)
    for field, label in ((Sealed.BEFORE, "Before the edit"), (Sealed.PARENT, "In answer to")):
        opening = record.openings.get(field)
        if opening is not None and show_text:
            yield Fact(label, _shown(to_text(opening.value), ()), leaf.seq, quoted=True)
        elif opening is not None:
            # Nothing was looked for in these words, so nothing in them can be masked word by word.
            yield Fact(label, f"disclosed in openings/{leaf.seq}.{field.value}, and not shown here", leaf.seq)
    if reporter := record.openings.get(Sealed.REPORTER):
        yield Fact("Reported by", printable(to_text(reporter.value)), leaf.seq)
    for field in (Sealed.TEXT, Sealed.AUTHOR, Sealed.MSG_REF):
        if field in record.withheld:
            withheld = record.withheld[field]
            yield Fact(_NAMED[field], f"not disclosed ({withheld.why})", leaf.seq)


def _place(seq: int, opened: Mapping[str, dict[str, Any]]) -> Iterator[Fact]:
    if ref := opened.get(Sealed.MSG_REF):
        where = f"{ref['platform']}, community {ref['community']}, channel {ref['channel']}, message {ref['message']}"
        yield Fact("Where", printable(where), seq)
    if body := opened.get(Sealed.BODY):
        event = body["event"]
        if event["channel_name"]:
            yield Fact("Channel", printable(f"#{event['channel_name']}"), seq)
        if event["link"]:
            yield Fact("Link", printable(event["link"]), seq)
        for file in event["attachments"]:
            yield Fact("File", printable(f"{file['name']} ({file['size'] or 'of unknown size'})"), seq)
    if author := opened.get(Sealed.AUTHOR):
        handle = f", @{author['handle']}" if author["handle"] else ""
        yield Fact("Author", printable(f"{author['name']}{handle}, id {author['id']}"), seq)


def _judgement(record: PackedRecord) -> Iterator[Fact]:
    leaf, body = record.leaf, _opened(record).get(Sealed.BODY)
    yield Fact("Rules", ", ".join(leaf.rules) or "none", leaf.seq)
    if leaf.policy is not None:
        policy = f"{leaf.policy.id}, version {leaf.policy.version}, SHA-256 {leaf.policy.sha256}"
        yield Fact("Policy", policy, leaf.seq)
    yield Fact("Judged", ", ".join(leaf.codes), leaf.seq)
    if body is not None:
        decision = body["decision"]
        for match in decision["rules"]:
            yield Fact("Clause", printable(f"{match['clause']} (rule {match['rule']})"), leaf.seq)
        for reason in decision["reasons"]:
            yield Fact("Why", printable(reason), leaf.seq)
        for lack in decision["degraded"]:
            yield Fact("Without", printable(lack), leaf.seq)


def _outcome(record: PackedRecord) -> Fact:
    leaf, body = record.leaf, _opened(record).get(Sealed.BODY)
    detail = f" ({body['outcome']['detail']})" if body and body["outcome"]["detail"] else ""
    return Fact("Done", printable(f"{_at(leaf.at)}: {': '.join(leaf.codes)}{detail}"), leaf.seq)


def _act(record: PackedRecord, found: frozenset[str]) -> Fact:
    leaf, opened = record.leaf, _opened(record)
    by = opened.get(Sealed.AUTHOR)
    who = f"{by['name']} (id {by['id']})" if by else leaf.actor or f"a {leaf.role.value}"
    reason = record.openings.get(Sealed.REASON)
    said = f" Reason: {_without(to_text(reason.value), found)}" if reason is not None else ""
    return Fact("People", printable(f"{_at(leaf.at)}: {', '.join(leaf.codes)}, by {who}.{said}"), leaf.seq)


def _copy(record: PackedRecord) -> str:
    leaf, number = record.leaf, record.leaf.numbers.get(Number.ITEM, 0)
    field = Sealed.ATTACHMENT.numbered(number)
    if leaf.kind is Kind.ATTACHMENT_MISSED:
        body = _opened(record).get(Sealed.BODY)
        detail = f": {body['copy']['detail']}" if body and body["copy"]["detail"] else ""
        return printable(f"file {number}: there is no copy ({', '.join(leaf.codes)}){detail}")
    if field in record.withheld:
        return f"file {number}, {leaf.numbers[Number.BYTES]} bytes: not disclosed ({record.withheld[field].why})"
    file = record.files[field]
    return (
        f"file {number} as it was delivered: {file.size} bytes, SHA-256 {file.sha256}, in"
        f" attachments/{leaf.seq}.{number}.bin. Nobody opened it to make this; do so where nothing else is."
    )


def _around(record: PackedRecord, shown: Masking | None) -> Iterator[Fact]:
    leaf, body = record.leaf, _opened(record).get(Sealed.BODY)
    look = f"look {leaf.numbers.get(Number.ITEM, 1)}, at {_at(leaf.at)}"
    if body and body["found"]["missing"]:
        yield Fact("Around it", printable(f"{look}: {body['found']['missing']}"), leaf.seq)
    for field, side in ((Sealed.CONTEXT_BEFORE, "before"), (Sealed.CONTEXT_AFTER, "after")):
        if field in record.withheld:
            yield Fact(
                "Around it", f"{look}: what was said {side} is not disclosed ({record.withheld[field].why})", leaf.seq
            )
            continue
        messages = _list(record.openings[field].value)
        if shown is None:
            if messages:
                yield Fact("Around it", f"what was said {side} is in openings/{leaf.seq}.{field.value}", leaf.seq)
            continue
        for message in messages:
            files = f" [files: {', '.join(message['files'])}]" if message["files"] else ""
            when = _at(datetime.fromisoformat(message["at"]))
            said = f"{side}, {when}, {message['author_name']}: {message['text']}{files}"
            yield Fact("Around it", printable(shown(said)), leaf.seq, quoted=True)


def _findings(whole: Mapping[str, Opening] | None) -> tuple[list[Span], frozenset[str]]:
    """Give where abuse was found in the text, and those words."""
    if not whole or Sealed.BODY not in whole:
        return [], frozenset()
    spans = [
        Span(f["span"]["start"], f["span"]["end"])
        for f in load(whole[Sealed.BODY].value).get("assessment", _NOTHING_FOUND)["findings"]
    ]
    text = to_text(whole[Sealed.TEXT].value) if Sealed.TEXT in whole else ""
    return spans, frozenset(text[span.start : span.end].strip() for span in spans) - {""}


def _without(text: str, words: frozenset[str]) -> str:
    """Mask what a reason repeats of the abusive words."""
    repeated = (match for word in words for match in re.finditer(re.escape(word), text, re.IGNORECASE))
    return mask(text, (Span(match.start(), match.end()) for match in repeated))


def _opened(record: PackedRecord) -> dict[str, dict[str, Any]]:
    """Give the disclosed values that are JSON."""
    return {name: load(record.openings[name].value) for name in _JSON if name in record.openings}


def _list(value: bytes) -> list[dict[str, Any]]:
    read: Any = load(value)
    return list(read)


def _words_of(value: bytes) -> set[bytes]:
    said: object = None
    with suppress(ValueError):
        said = load(value)
    if not isinstance(said, dict):
        return {value}
    return set(_named_in(said))


def _named_in(said: Mapping[str, object]) -> Iterator[bytes]:
    for name in _TELLING:
        value = said.get(name)
        if isinstance(value, dict):
            yield from _named_in(value)
        elif value:
            yield str(value).encode("utf-8", "surrogatepass")


def _shown(text: str, spans: Sequence[Span]) -> str:
    return mask(text, spans, most=4_000) if spans else printable(text)


def printable(text: str) -> str:
    """Show what a reader would not see, or what would change the direction of the text, by its number."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else f"⟦U+{ord(c):04X}⟧" for c in text
    )


def _at(at: datetime) -> str:
    written = write_moment(at)
    return f"{written[:10]} {written[11:19]} UTC"


_NOTHING_FOUND: dict[str, list[dict[str, Any]]] = {"findings": []}
_JSON = (Sealed.BODY, Sealed.AUTHOR, Sealed.MSG_REF)
_NAMED = {Sealed.TEXT: "Text", Sealed.AUTHOR: "Author", Sealed.MSG_REF: "Where"}
