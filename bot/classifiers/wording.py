"""The words the model reads: emoji and links by name, disguise undone, long text in windows."""

import re
from collections.abc import Callable, Iterator, Sequence

import emoji

from policies.lexicon_files import house_leveller
from policies.text.markup import out_of_cells

MOST_READ = 6_000
"""Characters of a message that the model reads; the rules read more."""

_SHORTEST_RUN, _MOST_IN_RUN = 6, 24
"""Letters of the shortest run that is cut, and the words of the longest."""

_SPECIAL = re.compile(
    r"<a?:(?P<custom>\w{1,32}):\d+>|(?P<mention><@[!&]?[^<>\s]*>)|(?P<channel><#[^<>\s]*>)"
    r"|(?P<link>https?://[^\s<>|]+)|(?P<mail>\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<at>(?<![\w@])@[\w.-]+)|:(?P<code>[a-z][a-z0-9_+-]{1,63}):"
)
_STANDS_FOR = {"mention": "@user", "at": "@user", "channel": "#channel", "link": "link", "mail": "email"}
_SPACES = re.compile(r"[ \t\u00a0]+")
_NOT_WORDS = re.compile(r"[_-]+")
_WHOLLY_CODE = re.compile(r"\A\s*`{1,3}\s*([^`]+?)\s*`{1,3}\s*\Z")
"""A message between the marks of code from end to end, which is still what its author says."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def plain(text: str) -> str:
    """Give a text as the model reads it: no ids, no addresses, emoji and their codes as words."""
    text = _WHOLLY_CODE.sub(r"\1", out_of_cells(text[:MOST_READ]))
    if "<" in text or "@" in text or ":" in text:
        text = _SPECIAL.sub(_named, text)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates, which no tokenizer takes
        text = emoji.replace_emoji(text, replace=_spoken)
    return _SPACES.sub(" ", text).strip()


def readings(text: str, undo: Callable[[str], str]) -> tuple[str, ...]:
    """Give the text as it stands and, where that is another one, with its disguise undone by `undo`.

    Of words run together, as in hashtags, a model knows nothing but by chance: where they are only cut, they are
    read as the words they are made of and in no other way.

    In both, all of a kind go by one name (`policies/levelling.py`), so that nobody is judged by whom they name.
    """
    level = house_leveller()
    raw, undone = plain(text), plain(undo(text))
    if undone != raw.lower():
        raw = _cut_alike(raw, undone)
    return (level(raw),) if undone == raw.lower() else (level(raw), level(undone))


def _cut_alike(raw: str, undone: str) -> str:
    """Cut those words of a text that another reading of it has, letter for letter, as several."""
    parts = undone.split()
    known = set(parts)
    if all(len(word) < _SHORTEST_RUN or word.lower() in known for word in raw.split()):
        return raw
    runs = {
        "".join(parts[first:last]): " ".join(parts[first:last])
        for first in range(len(parts))
        for last in range(first + 2, min(first + _MOST_IN_RUN, len(parts)) + 1)
    }
    return " ".join(runs.get(word.lower(), word) if len(word) >= _SHORTEST_RUN else word for word in raw.split(" "))


def windows(text: str, lengths: Callable[[Sequence[str]], Sequence[int]], most: int) -> list[str]:
    """Cut a text at sentence ends into parts of at most `most` tokens; one that is longer stays whole.

    `lengths` counts the tokens of each of several texts.
    """
    if lengths([text])[0] <= most:
        return [text]
    sentences = [part for part in _SENTENCE.split(text) if part.strip()]
    return list(_packed(sentences, lengths(sentences), most)) or [text]


def _packed(sentences: Sequence[str], counts: Sequence[int], most: int) -> Iterator[str]:
    held: list[str] = []
    room = most
    for sentence, count in zip(sentences, counts, strict=True):
        for part in _pieces(sentence, count, most):
            size = min(count, most)
            if held and size > room:
                yield " ".join(held)
                held, room = [], most
            held.append(part)
            room -= size
    if held:
        yield " ".join(held)


def _pieces(sentence: str, count: int, most: int) -> Iterator[str]:
    """Cut a sentence that is too long by itself into equal runs of words."""
    words = sentence.split()
    if count <= most or len(words) < 2:
        yield sentence
        return
    size = max(1, len(words) * most // (count + 1))
    for start in range(0, len(words), size):
        yield " ".join(words[start : start + size])


def _named(match: re.Match[str]) -> str:
    name = match.lastgroup or ""
    if name in ("custom", "code"):
        return f" {_NOT_WORDS.sub(' ', match.group(name))} "
    return _STANDS_FOR[name]


def _spoken(chars: str, known: dict[str, str]) -> str:
    return f" {_NOT_WORDS.sub(' ', known['en'].strip(':'))} "
