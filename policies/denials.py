"""Telling a message that only denies hatred of people from one that only begins so."""

import re

from policies.findings import Finding, Stance

DENIALS = "denials"
"""The lexicon of words that deny hatred; no detector reads it."""

_TURNS = re.compile(
    r"\b(?:but|unless|except|apart from|until|till|yet|however|though|although|only|instead|rather|lol|lmao|haha\w*|jk"
    r"|just kidding|joking|said no ?one|(?<!because )(?<!who )(?<!while )they(?:'re| are)|them lot|that lot)\b"
    r"|[\U0001F602\U0001F923\U0001F609\U0001F61C\U0001F644]"
)
"""Words and signs after which a denial may be taken back."""
_LONGEST = 200
"""Characters of a message that one denial can account for."""


def only_denies(text: str, findings: tuple[Finding, ...]) -> bool:
    """Whether a short message in which hatred is denied means nothing that was found, and does not take it back."""
    return (
        len(text) <= _LONGEST
        and all(finding.stance is not Stance.USE for finding in findings)
        and not _TURNS.search(text.lower())
    )
