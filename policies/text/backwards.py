"""Text written backwards or upside down, read the way it is meant."""

import re

from policies.text.respelling import Respeller
from policies.text.views import View

_UPRIGHT = str.maketrans("ɐɔǝɟƃɥᴉɾrʞjʅɯwuɹʇnʌʍʎqpdb", "acefghijjkllmmnrtuvwybdpq")
"""Letters upside down; folding has read those of an m, a j and an l that stand on their heads as w, r and j."""
_FLIPPED = re.compile("[ɐɔǝɟƃɥᴉʞɹʇʌʍʎ]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FEWEST_FLIPPED = 3
_FEWEST_STRANGE = 2
_MOST = 1_000
"""Characters of a message that are tried backwards: nobody reads more of it so."""


def forwards(view: View, respeller: Respeller, strange: set[str]) -> View | None:
    """Give a text the right way round where that makes words of what are none, or nothing."""
    text = view.text
    if len(text) > _MOST:
        return None
    flipped = not text.isascii() and len(_FLIPPED.findall(text)) >= _FEWEST_FLIPPED
    if not flipped:
        if len(strange) < _FEWEST_STRANGE:
            return None
        found = _WORD.findall(text)
        if sum(word in strange for word in found) * 2 < len(found):
            return None
    turned = (text.translate(_UPRIGHT) if flipped else text)[::-1]
    words = _WORD.findall(turned)
    if not words or sum(respeller.usual(word) for word in words) * 4 < len(words) * 3:
        return None
    starts = view.starts if view.starts is not None else tuple(range(len(text)))
    ends = view.ends if view.ends is not None else tuple(range(1, len(text) + 1))
    return View("forwards", turned, starts[::-1], ends[::-1])
