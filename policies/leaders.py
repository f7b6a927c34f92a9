"""Who leads and governs, by the list that all rules and the leveller share."""

from functools import cache
from importlib import resources

import re2
from pydantic import RootModel

from policies.reading_yaml import InvalidLexiconsError, LexiconProblem, parse_yaml

LEADERS = "leaders.yaml"


class LeaderLists(RootModel[dict[str, list[str]]]):
    """The lists of the file: patterns by name of the list."""


@cache
def _leader() -> "re2._Regexp[str]":
    problems: list[LexiconProblem] = []
    lists = parse_yaml(resources.files("policies.lexicons") / LEADERS, LeaderLists, problems)
    if lists is None:
        raise InvalidLexiconsError(problems)
    return re2.compile(f"(?i)(?:{'|'.join(lists.root['leader'])})")


def names_a_leader(word: str) -> bool:
    """Whether a word is the second name of a politician, as all of them count as the same one."""
    return _leader().fullmatch(word) is not None
