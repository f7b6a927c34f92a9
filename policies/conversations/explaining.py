"""Scores in company: where the conversation accounts for words that a classifier alone takes for abuse."""

from policies.conversations.utterances import Heard, Said

_FEW = 8
"""Words; in so few of them a classifier that knows nothing of what is answered guesses."""
_GUESS = 0.65
"""Score up to which it does in an answer to a message; veiled threats of a few words have more."""
_GUESS_AMONG_EQUALS = 0.8
"""The same where two have both said their share: what a quarrel or a game is rated up to."""
_KIND = frozenset(("apology", "reports", "votes", "warm"))
_MERRY = frozenset(("fond", "laughing"))
_TOPIC = frozenset(("despair_jest", "pests", "play"))


def explained(heard: Heard, above: tuple[Said, ...], *, equals: bool) -> bool:
    """Whether a score alone says nothing here; never where the rules or the conversation found something."""
    scores = heard.assessment.scores
    if scores is None or any(not finding.doubted for finding in heard.assessment.findings):
        return False
    if not (heard.author[1] and (heard.targets or heard.implied)):
        return False
    answers = heard.parent is not None and heard.words <= _FEW
    if 0 < scores.abuse <= _GUESS_AMONG_EQUALS and (equals or (answers and scores.abuse <= _GUESS)):
        return True
    kind = bool(_KIND & heard.signs) and "hostile" not in heard.signs
    topic = any(_TOPIC & said.signs and not said.abuse for said in above)
    return kind or bool(_MERRY & heard.signs) or (topic and heard.words <= 2 * _FEW)
