"""Folding: the first view, in which case, accents, look-alike letters and invisible characters are gone."""

import re
import unicodedata
from dataclasses import replace

from policies.text.lookalikes import FINAL_SIGMA, as_latin, base_letter, capitals_read
from policies.text.markup import unwrapped
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
    (0x1F150, 26), (0x1F170, 26), (0x24B6, 26), (0x24D0, 26), (0x1F130, 26), (0x1F110, 26), (0x249C, 26),
)  # fmt: skip
"""First code point and length of the alphabets in circles, squares and brackets."""
_LIKE_FINAL_SIGMA = (FINAL_SIGMA, "\u03f2", "\u03f9")
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800")
"""Letters and signs that show nothing: Hangul fillers, vowels of Khmer, a cell of Braille without dots."""


def _folded(char: str) -> str:
    """Fold one character; look-alikes of other scripts stay, see `as_latin`."""
    code = ord(char)
    if code < 0x80:
        return "" if _CONTROLS.match(char) else char.lower()
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if char in _BLANK:
        return ""
    if char in _LIKE_FINAL_SIGMA:
        return FINAL_SIGMA
    for first, length in _ENCLOSED:
        if first <= code < first + length:
            return chr(ord("a") + code - first)
    char = char.casefold().translate(_PLAIN_LETTERS)
    kept = [
        base_letter(part)
        for part in unicodedata.normalize("NFKD", char).casefold().translate(_PLAIN_LETTERS)
        if unicodedata.category(part) not in ("Mn", "Me", "Cf", "Cc", "Cs") and part not in _BLANK
    ]
    return "".join(kept)[:_MOST_FROM_ONE]


def fold(text: str) -> View:
    """Give the folded view: lower case, no accents, no invisible characters, look-alikes as ASCII.

    Folding a folded text changes nothing.
    """
    plain = text.isascii() and not _CONTROLS.search(text)
    view = View("folded", text.lower()) if plain else _fold_each(text)
    if (shown := unwrapped(view.text)) != view.text:
        view = replace(view, text=shown)
    if "&" in view.text:
        entities = [Rewrite(m.start(), m.end(), _ENTITIES[m.group(1)]) for m in _ENTITY.finditer(view.text)]
        if entities:
            view = rewritten(view, "folded", entities)
    return view


def _fold_each(text: str) -> View:
    text = capitals_read(text)
    uneven = {char for char in set(text) if len(_FOLDS[ord(char)]) != 1}
    if not uneven:
        return View("folded", as_latin(text.translate(_FOLDS)))
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
    return View("folded", as_latin("".join(out)), tuple(places), tuple([place + 1 for place in places]))


class _Folds(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        return folded


_FOLDS = _Folds()
