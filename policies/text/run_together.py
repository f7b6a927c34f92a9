"""Words run together: a sentence written without its spaces, cut into the words it is made of."""

import math
from collections.abc import Iterable, Sequence

LONGEST_WORD = 16
SHORTEST_RUN = 6
LONGEST_RUN = 160
_MOST_RANKS = 30_000
_MOST_SHORT_RANKS = {2: 120, 3: 2_500, 4: 12_000}
_ALONE = {"a": 4.0, "i": 3.0, "u": 6.5}
_EVERYWHERE = 100
_TO_BEGIN, _A_LETTER = 5.0, 2.0
"""What a run may cost, and for each of its letters: a long sentence of common words costs 1.5 for each."""
_WITHOUT_MARKS = (
    "dont", "cant", "wont", "youre", "isnt", "arent", "didnt", "doesnt", "wasnt", "havent", "hasnt", "couldnt",
    "wouldnt", "shouldnt", "thats", "whats", "hes", "shes", "theyre", "weve", "youve", "youll", "theyll", "theyve",
    "ive", "gonna", "wanna", "gotta", "lets", "alot", "thankyou",
)  # fmt: skip
"""Short forms as they are written in haste."""


class Cutter:
    """Cuts runs of letters into words; `english` from the commonest on, `listed` as common as the first thousand."""

    def __init__(self, english: Sequence[str], listed: Iterable[str]) -> None:
        costs = dict(_ALONE)
        self._listed = frozenset(listed)
        self._everywhere = frozenset(word for word in english[:_EVERYWHERE] if len(word) > 2)
        for rank, word in enumerate(english):
            if rank > _MOST_RANKS:
                break
            if 1 < len(word) <= LONGEST_WORD and rank < _MOST_SHORT_RANKS.get(len(word), _MOST_RANKS):
                costs[word] = math.log((rank + 2) * 10)
        for word in (*_WITHOUT_MARKS, *self._listed):
            if 2 < len(word) <= LONGEST_WORD:
                costs[word] = min(costs.get(word, 99.0), math.log(8_000))
        self._costs = costs

    def __contains__(self, word: object) -> bool:
        """Whether a word is one that a run may be made of."""
        return word in self._costs

    def cut(self, run: str) -> list[str]:
        """Give the words of a run of letters, or nothing where it is not made of common words."""
        if not SHORTEST_RUN <= len(run) <= LONGEST_RUN:
            return []
        costs, length = self._costs, len(run)
        best: list[float] = [0.0]
        came: list[int] = [0]
        far = math.inf
        for end in range(1, length + 1):
            lowest, where = far, 0
            for start in range(end - LONGEST_WORD if end > LONGEST_WORD else 0, end):
                before = best[start]
                if before < lowest:
                    cost = costs.get(run[start:end])
                    if cost is not None and before + cost < lowest:
                        lowest, where = before + cost, start
            best.append(lowest)
            came.append(where)
        if best[length] > _TO_BEGIN + _A_LETTER * length:
            return []
        words: list[str] = []
        end = length
        while end:
            words.append(run[came[end] : end])
            end = came[end]
        words.reverse()
        return words if self._plausible(words) else []

    def _plausible(self, words: Sequence[str]) -> bool:
        """Whether the words of a run are no accident.

        Most are longer than two letters, and the last is no ending. Two words are a compound or a name, unless both
        are words that people hide, or one is and the other stands in every sentence.
        """
        if len(words) == 2:
            return all(word in self._listed or word in self._everywhere for word in words)
        return len(words) > 1 and len(words[-1]) > 1 and sum(len(word) <= 2 for word in words) <= len(words) // 2
