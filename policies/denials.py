"""Telling a message that only denies hatred of people from one that only begins so."""

import re
from collections.abc import Sequence

from policies.findings import Finding, Span, Stance
from policies.lexicon import Hit

DENIALS = "denials"
"""The lexicon of words that deny hatred; no detector reads it."""

_TURNS = re.compile(
    r"\b(?:but|unless|if|i just|i simply|enough|like i|except|apart from|until|till|yet|however|though|although|only"
    r"|instead|rather|lol|lmao|haha\w*|jk|just kidding|joking|said no ?one|them lot|that lot"
    r"|(?<!because )(?<!who )(?<!while )they(?:'re| are))\b"
    r"|[.!?;]\s+\S|[\U0001F602\U0001F923\U0001F609\U0001F61C\U0001F644]"
)
"""Words, signs and further sentences in which a denial may be taken back."""
_MARGIN = 1
"""Characters at an end of a message that say nothing."""

_LONGEST = 200
"""Characters of a message that one denial can account for."""


_DENIED = "spared-such"
"""The entry of that lexicon for hatred denied; others account for a score and take nothing back."""


def denied_spans(hits: Sequence[Hit]) -> tuple[Span, ...]:
    """Give where in the original hatred is denied."""
    return tuple(hit.span for hit in hits if hit.entry.id == _DENIED)


def only_denies(text: str, findings: tuple[Finding, ...], hits: Sequence[Hit]) -> bool:
    """Whether a short message in which hatred is denied means nothing that was found, and does not take it back.

    Nothing is taken back in a message that is `hits` from end to end.
    """
    if len(text) > _LONGEST or any(finding.stance is Stance.USE for finding in findings):
        return False
    whole = any(hit.span.start <= _MARGIN and hit.span.end >= len(text.rstrip()) - _MARGIN for hit in hits)
    return whole or not _TURNS.search(text.lower())
