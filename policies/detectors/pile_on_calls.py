"""Calls to pile on: sending a crowd to one person's messages, page or door."""

import re
from collections.abc import Iterator, Sequence

from policies.findings import Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "pile-on-calls"

_TARGET = re.compile(
    r"<@[!&]?\w+>|(?<![\w.])@\w{2,}|\b(?:his|her|their) (?:account|profile|page|mentions|dms|inbox|handle)\b"
    r"|\b(?:his|her|their) (?:number|email)\b|(?:twitter|x|facebook|instagram|tiktok|bsky|linkedin)\.(?:com|app)/\S"
)
_CROWD = re.compile(r"\b(?:lads|guys|folks|everyone|everybody|all|boys|girls|comrades|troops|team|people|you know)\b")


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield each call; a hint such as "you know what to do" only where a person is pointed out."""
    pointed: bool | None = None
    for hit in hits:
        if hit.entry.id == "you-know-what-to-do":
            if pointed is None:
                text = message.folded.text
                pointed = bool(_TARGET.search(text) and _CROWD.search(text))
            if not pointed:
                continue
        yield hit.finding()
