"""Words of condemnation that excuse nothing: the author's own abuse, with indignation behind it.

"He called us ..., that is a disgrace" condemns what was said. "I will ... you, this is unacceptable" is a threat by
somebody who is angry, and a slur that "are a disgrace" follows is about the people, not about the word.
"""

import re2

_SOMEBODY_ELSES = re2.compile(
    r"\b(?:said|says?|saying|told|tells|telling|wrote|writes|writing|written|posts?|posted|posting|shout\w*|scream\w*|call\w*"
    r"|chant\w*|sang|sing\w*|heard|hear\w*|read|reads|message\w*|text(?:s|ed)?|email\w*|notes?|letters?|voicemail\w*|tweet\w*"
    r"|comments?|leaflets?|stickers?|graffiti|threat\w*|quot\w*|words?|terms?|slurs?|names?|insults?|jokes?|phrases?|slogans?"
    r"|language|tropes?|claim\w*|idea|notion|belief|think\w*|like|such as|using|uses|used|anyone|anybody|whoever|who|if"
    r"|got|get|getting|received|sent|sends|painted|sprayed|scrawled|daubed|put|myth|lie|accus\w*)\b|[\"“”«»:]|''"
)
"""What may tell that words are not the author's, or are spoken of as words."""

_VOWED = re2.compile(
    r"\b(?:i'?ll|we'?ll|i will|we will|i shall|we shall|(?:i'?m|we'?re|i am|we are) (?:going to|gonna|about to)|imma)\b"
)
"""What the author is about to do."""

_OF_PEOPLE = re2.compile(r"^(?:are|were|have|should|must|need|do)\b")
"""How a sentence goes on whose subject are people."""

_STANDS_BEFORE = re2.compile(r"^(?:\s+[\w'*-]+){0,2}\s*$")
_TACKED_ON = re2.compile(
    r"^[\s,.!;-]*(?:and |which )?(?:(?:that'?s|that is|it'?s|it is|this is|which is)(?: \w+){1,5}[\s,.!;-]*)?"
    r"(?:shame on \w+)?$"
)
"""Anger added to a whole statement: not "is a lie" straight behind it, which speaks of the statement as of words."""

_OF_GROUPS = frozenset({"identity-attack", "dehumanisation", "coded-antisemitism"})


def excuses_itself(text: str, sentence_start: int, words: tuple[int, int], cue: tuple[int, int], kind: str) -> bool:
    """Whether condemnation behind words that are not set apart is about whom they abuse, or merely added to them.

    `words` and `cue` are ranges of the folded text, the cue behind the words; `kind` is that of the finding.
    """
    start, end = words
    told = text[sentence_start : cue[0]]
    if _SOMEBODY_ELSES.search(told):
        return False
    if _VOWED.search(text[max(sentence_start, start - 30) : end]):
        return True
    if kind == "slur":
        between, said = text[end : cue[0]], text[cue[0] : cue[1]]
        return bool(_STANDS_BEFORE.search(between) and _OF_PEOPLE.search(said))
    return kind in _OF_GROUPS and _TACKED_ON.search(text[end : cue[1]]) is not None
