"""Reading the file of signs: YAML in, `Signs` out, every mistake at once."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import re2
from pydantic import BaseModel, ConfigDict, RootModel

from policies.conversations.signs import Signs
from policies.reading_yaml import InvalidLexiconsError, LexiconProblem, parse_yaml

SIGNS = "signs.yaml"
FIRST_NAMES = "first-names.yaml"
"""First names of many peoples, by which members are spoken of who have not spoken themselves."""
NAMES = frozenset((
    "apology", "approves", "asks", "asks_money", "asks_where", "better_news", "complains", "complains_for",
    "condemns", "death_news", "deserved", "despair", "despair_jest", "fond", "gloats", "goads", "greets", "hostile",
    "ill_news", "invites", "laughing", "menace", "needling", "of_one", "of_self", "of_things", "people", "pests",
    "play", "public_place", "reports", "small_wrong", "snitching", "stop", "stop_contact", "tells_where", "trifles",
    "veiled", "victim_news", "votes", "warm", "weapons", "you",
))  # fmt: skip
"""Every sign that the detectors ask for."""


class _Sign(BaseModel):
    model_config = ConfigDict(extra="forbid")
    words: list[str]
    anywhere: list[str] = []


class _Names(RootModel[dict[str, str]]):
    pass


class _Signs(RootModel[dict[str, _Sign]]):
    pass


@cache
def house_signs() -> Signs:
    """Give the signs that the project ships; read once."""
    return load_signs(resources.files("policies.conversations"))


def load_signs(folder: Path | Traversable) -> Signs:
    """Read a folder with `signs.yaml`; raises `InvalidLexiconsError` with every mistake."""
    problems: list[LexiconProblem] = []
    listed = parse_yaml(folder / SIGNS, _Signs, problems)
    names = parse_yaml(folder / FIRST_NAMES, _Names, problems)
    if names and set(names.root) != {"first-names"}:
        problems.append(LexiconProblem(FIRST_NAMES, "must hold `first-names` and nothing else"))
    signs = listed.root if listed else {}
    for name in sorted(NAMES ^ signs.keys()) if listed else ():
        what = "is no sign that a detector asks for; take it out" if name in signs else "is missing; list its words"
        problems.append(LexiconProblem(f"{SIGNS}: {name}", what))
    patterns: dict[str, list[str]] = {}
    for name, sign in signs.items():
        patterns[name] = [*(rf"\b(?:{form})(?:\b|$|\W)" for form in sign.words), *sign.anywhere]
        for form in (*sign.words, *sign.anywhere):
            if refusal := _refusal(form):
                problems.append(LexiconProblem(f"{SIGNS}: {name}", f"{form!r} is not one RE2 can run: {refusal}"))
    if problems:
        raise InvalidLexiconsError(problems)
    return Signs(patterns, names.root["first-names"].split() if names else ())


def _refusal(form: str) -> str:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(form, options=options)
    except re2.error as refused:
        return str(refused)
    return ""
