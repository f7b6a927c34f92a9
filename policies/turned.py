"""A quotation in the first person turned to the second, as whoever made it up means it.

"I'm a liar and I took my bribe", put in somebody's mouth, says "you're a liar and you took your bribe". A classifier
that reads the former alone takes it for somebody's word about themselves.
"""

import re

_TURNED = {
    "i": "you",
    "i'm": "you're",
    "im": "you're",
    "i've": "you've",
    "ive": "you've",
    "i'd": "you'd",
    "i'll": "you'll",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "we": "they",
    "we're": "they're",
    "we've": "they've",
    "we'd": "they'd",
    "we'll": "they'll",
    "us": "them",
    "our": "their",
    "ours": "theirs",
    "ourselves": "themselves",
}
_VERB = {"am": "are", "was": "were"}
_WORDS = re.compile(r"\b(i am|i was|[a-z]+(?:['’][a-z]+)?)\b", re.IGNORECASE)


def turned(quotation: str) -> str:
    """Give a quotation with its first person turned to the second, or to the third where it is more than one."""

    def other(found: re.Match[str]) -> str:
        pronoun, _, verb = found.group().lower().replace("’", "'").partition(" ")
        if verb:
            return f"{_TURNED[pronoun]} {_VERB[verb]}"
        return _TURNED.get(pronoun, found.group())

    return _WORDS.sub(other, quotation)
