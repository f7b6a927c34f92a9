"""Folding: the first view, in which case, accents, look-alike letters and invisible characters are gone."""

import json
import re
import unicodedata
from dataclasses import replace
from importlib import resources

from policies.text.views import Rewrite, View, rewritten

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_ENTITY = re.compile("&(?:amp;)*(amp|lt|gt);")
"""Slack escapes these three; an escaped escape is read through, so that folding twice changes nothing."""
_MOST_FROM_ONE = 4
"""U+FDFA alone becomes 18 characters under NFKC; nothing that disguises a letter needs more than four."""

_PLAIN_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
        "ı": "i", "’": "'", "‘": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"',
        "‟": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": ".", "•": "*",
        "·": ".", "∙": ".", "●": "*", "×": "x",
    }
)  # fmt: skip
"""Letters and marks that NFKD leaves alone and an English reader reads as the ASCII ones beside them."""

_ENCLOSED = (
    (0x1F150, 26), (0x1F170, 26), (0x24B6, 26), (0x24D0, 26), (0x1F130, 26), (0x1F110, 26),
)  # fmt: skip
"""First code point and length of the alphabets in circles, squares and brackets."""


def _load_confusables() -> dict[int, str]:
    raw = json.loads(resources.files("policies.text").joinpath("confusables.json").read_text("utf-8"))
    return {ord(source): target for target, sources in raw.items() for source in sources}


_CONFUSABLES = _load_confusables()


def _folded(char: str) -> str:
    """Fold one character; look-alikes of other scripts stay, see `_as_latin`."""
    code = ord(char)
    if code < 0x80:
        return "" if _CONTROLS.match(char) else char.lower()
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    for first, length in _ENCLOSED:
        if first <= code < first + length:
            return chr(ord("a") + code - first)
    char = char.casefold().translate(_PLAIN_LETTERS)
    kept = [
        part
        for part in unicodedata.normalize("NFKD", char).casefold().translate(_PLAIN_LETTERS)
        if unicodedata.category(part) not in ("Mn", "Me", "Cf", "Cc", "Cs")
    ]
    return "".join(kept)[:_MOST_FROM_ONE]


def fold(text: str) -> View:
    """Give the folded view: lower case, no accents, no invisible characters, look-alikes as ASCII.

    Folding a folded text changes nothing.
    """
    plain = text.isascii() and not _CONTROLS.search(text)
    view = View("folded", text.lower()) if plain else _fold_each(text)
    if "_" in view.text:
        view = replace(view, text=_SLANTED.sub(_unslanted, view.text))
    if "&" in view.text:
        entities = [Rewrite(m.start(), m.end(), _ENTITIES[m.group(1)]) for m in _ENTITY.finditer(view.text)]
        if entities:
            view = rewritten(view, "folded", entities)
    return view


_SLANTED = re.compile(r"(?<![a-z0-9_])(_{1,2})([^\s_](?:[^_\n]*[^\s_])?)\1(?![a-z0-9_])")


def _unslanted(markup: re.Match[str]) -> str:
    """Read `_word_` as the word: a pattern takes the underscore for a letter, a reader takes it for italics."""
    mark = " " * len(markup.group(1))
    return f"{mark}{markup.group(2)}{mark}"


def _fold_each(text: str) -> View:
    uneven = {char for char in set(text) if len(_FOLDS[ord(char)]) != 1}
    if not uneven:
        return View("folded", _as_latin(text.translate(_FOLDS)))
    out: list[str] = []
    places: list[int] = []
    done = 0
    for place in [place for place, char in enumerate(text) if char in uneven]:
        part = _FOLDS[ord(text[place])]
        out += (text[done:place].translate(_FOLDS), part)
        places.extend(range(done, place))
        places.extend([place] * len(part))
        done = place + 1
    out.append(text[done:].translate(_FOLDS))
    places.extend(range(done, len(text)))
    return View("folded", _as_latin("".join(out)), tuple(places), tuple([place + 1 for place in places]))


class _Folds(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        return folded


_FOLDS = _Folds()
_NOT_ASCII_WORD = re.compile(r"(?<!\S)\S*[^\x00-\x7f\s]\S*")
_NATIVE = re.compile(r"[^\W\d_a-z]")
_LATIN = re.compile("[a-z]")


def _as_latin(text: str) -> str:
    """Read look-alike letters as Latin ones in words that mix scripts, or everywhere if no other script is there.

    A text in Cyrillic or Greek has letters with no Latin twin; English in disguise has none.
    """
    if text.isascii():
        return text
    foreign = _NATIVE.search(text.translate(_CONFUSABLES)) is not None

    def reading(token: re.Match[str]) -> str:
        word = token.group()
        return word if foreign and not _LATIN.search(word) else word.translate(_CONFUSABLES)

    return _NOT_ASCII_WORD.sub(reading, text)
