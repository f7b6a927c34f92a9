"""Which of the needs of a pattern to ask for: those that stand together least often by chance, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from policies.needs import TOO_COMMON, Link, Need, Part, closed, links_of

MOST_NEEDS = 3
_SLACK, _SLACK_OF_LOOSE = 1, 3
"""Words added to what a pattern says of itself, for what counts as two (`don't`) and for signs beside words."""
_DENSE, _WORDS_A_MESSAGE, _WORTH_ONE_MORE = 2.0, 14, 0.95
"""No word is taken to be rarer than in two messages of a hundred: the texts that cost most are about such things."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What a whole pattern needs, in its order: each within `apart` words of the one before.

    A match begins at most `back` words before the last of them and ends at most `ahead` words behind it.
    """

    needs: tuple[Need, ...]
    parted: tuple[bool, ...]
    apart: int
    back: int
    ahead: int


def chain_of(part: Part) -> Chain:
    """Give the needs of a whole pattern that stand together least often by chance, each of whole words or parts."""
    links = [replace(link, need=closed(link.need, "", "")) for link in links_of(part)]
    slack = _SLACK_OF_LOOSE if part.loose else _SLACK
    usable = [place for place, link in enumerate(links) if link.need.share < TOO_COMMON]
    best = Chain((), (), 0, part.gaps + slack, part.gaps + slack)
    rarest = 2.0
    for many in range(1, MOST_NEEDS + 1):
        for chosen in combinations(usable, many):
            steps = [_steps(links, one, other) for one, other in pairwise(chosen)]
            needs = [links[place].need for place in chosen]
            parted = [
                links[other].need.of_words and any(link.parted for link in links[one + 1 : other + 1])
                for one, other in pairwise(chosen)
            ]
            chance = _chance(needs, parted, steps)
            if chance < rarest * _WORTH_ONE_MORE:
                rarest = chance
                before = sum(link.lead + link.gaps for link in links[: chosen[0] + 1])
                behind = sum(link.lead + link.gaps for link in links[chosen[-1] + 1 :]) + part.trail
                best = Chain(
                    tuple(needs),
                    tuple(parted),
                    max(steps, default=0) + slack,
                    min(part.gaps, before + sum(steps)) + slack,
                    min(part.gaps, links[chosen[-1]].gaps + behind) + slack,
                )
    return best


def _steps(links: Sequence[Link], one: int, other: int) -> int:
    """Give how many gaps may lie between what meets one need and what meets a later one."""
    return links[one].gaps + sum(link.lead + link.gaps for link in links[one + 1 : other + 1])


def _chance(needs: Sequence[Need], parted: Sequence[bool], steps: Sequence[int]) -> float:
    """Guess in how many places of talk about such things all these needs are met."""
    chance = max(needs[0].share, _DENSE) / 100
    for (before, need), apart, gaps in zip(pairwise(needs), parted, steps, strict=True):
        if not apart and len(need.literals & before.literals) * 4 > len(need.literals):
            continue  # one word would meet both
        chance *= min(1.0, max(need.share, _DENSE) / 100 * (gaps + 2) / _WORDS_A_MESSAGE)
    return chance
