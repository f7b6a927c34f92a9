"""The letters of casework: templates with strict placeholders, every mistake in them told at once with its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from policies.problems import PolicyError, Problem, clip, did_you_mean
from policies.yaml_tree import MAX_BYTES, Node, Sequence, Text, UnreadableYaml, read_tree
from policies.yaml_tree import Mapping as MappingNode

HOUSE_LETTERS = "letters.yaml"
MOST_PARAGRAPHS = 20
_PLACE = re.compile(r"\{([^{}]*)\}")
_EVERYWHERE = frozenset({"case", "organisation", "support"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a letter must say, and what it may say besides."""

    must: frozenset[str]
    may: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """Give every word in braces that the letter knows."""
        return self.must | self.may | _EVERYWHERE


def _wanted(must: str, may: str = "") -> Wanted:
    return Wanted(frozenset(must.split()), frozenset(may.split()))


LETTERS: Mapping[str, Wanted] = {
    "statement": _wanted(
        "case restriction effect scope starts ends facts clauses policy source detected decided deadline redress"
        " departure",
        "allowed earlier stayed",
    ),
    "received-subject": _wanted("case"),
    "received-target": _wanted("case support"),
    "decided-subject": _wanted("case verdict facts clauses policy deadline redress departure"),
    "decided-reporter": _wanted("case verdict action deadline redress"),
    "decided-target": _wanted("case verdict action support"),
    "appeal-received": _wanted("case deadline", "stayed"),
    "appeal-made": _wanted("case deadline"),
    "appeal-subject": _wanted("case outcome changes facts clauses policy departure decided"),
    "appeal-reporter": _wanted("case outcome action"),
    "appeal-target": _wanted("case outcome action support"),
    "request-received": _wanted("case"),
    "request-decided": _wanted("case verdict facts deadline redress"),
    "sanction-ended": _wanted("case restriction why", "restored"),
}
"""Every letter; a file has all of them."""

MAY_BE_EMPTY = frozenset(
    {"departure", "allowed", "earlier", "stayed", "support", "clauses", "policy", "changes", "restored"}
)
"""What not every member has; the paragraph that would say it is left out, or the words alone where it says more."""

_ENDS_A_SENTENCE = frozenset({"stayed", "earlier", "support", "changes"})
"""Whole sentences of their own, which can be missing from a paragraph that goes on without them."""


class LettersError(PolicyError):
    """A file of letters that cannot be used, with every mistake in it, in the order of its lines."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be sent."""

    title: str
    paragraphs: tuple[str, ...]

    def __str__(self) -> str:
        """Give it as somebody reads it."""
        return "\n\n".join((self.title, *self.paragraphs))


@dataclass(frozen=True, slots=True)
class Letters:
    """The checked templates of a community, by name: a title, then the paragraphs."""

    templates: Mapping[str, tuple[str, ...]]

    def write(self, name: str, values: Mapping[str, str]) -> Letter:
        """Fill a letter in; raises `ValueError` if something that it must say has no value."""
        lacking = sorted(word for word in LETTERS[name].must - MAY_BE_EMPTY if not values.get(word, "").strip())
        if lacking:
            raise ValueError(f"The letter {name} cannot be written without {', '.join(lacking)}.")
        title, *paragraphs = (_filled(template, values) for template in self.templates[name])
        return Letter(title, tuple(paragraph for paragraph in paragraphs if paragraph))


def load_letters(path: Path | str) -> Letters:
    """Read a file of letters; raises `LettersError` with every mistake."""
    try:
        with Path(path).open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "the name cannot be used"
        what = f"the file cannot be read: {cause}. Check the name and the rights."
        raise LettersError([Problem(str(path), 0, what)]) from None
    return parse_letters(data, file=str(path))


@cache
def house_letters() -> Letters:
    """Give the letters that the project ships."""
    return parse_letters(resources.files("policies.house").joinpath(HOUSE_LETTERS).read_bytes(), file=HOUSE_LETTERS)


def parse_letters(data: bytes, *, file: str) -> Letters:
    """Read letters from bytes; `file` is what mistakes call it. Raises `LettersError` with every mistake."""
    try:
        tree, problems = read_tree(data, file)
    except UnreadableYaml as error:
        raise LettersError([error.problem]) from None
    if not isinstance(tree, MappingNode):
        what = "the file must name letters, such as `statement:`. Start from the shipped file."
        raise LettersError([*problems, Problem(file, tree.line, what)])
    templates = {}
    for name, node in tree.values.items():
        if name not in LETTERS:
            what = f"there is no letter called {clip(name)}. {did_you_mean(name, tuple(LETTERS))}"
            problems.append(Problem(file, tree.keys[name], what))
            continue
        templates[name] = _template(name, node, file, problems)
    for name in LETTERS:
        if name not in tree.values:
            problems.append(Problem(file, 1, f"the letter `{name}` is missing. Copy it from the shipped file."))
    if problems:
        raise LettersError(problems)
    return Letters(templates)


def _template(name: str, node: Node, file: str, problems: list[Problem]) -> tuple[str, ...]:
    where = f"letter {name}"
    if not isinstance(node, MappingNode):
        problems.append(Problem(file, node.line, "write title: and paragraphs:.", where))
        return ()
    for key in node.values:
        if key not in ("title", "paragraphs"):
            what = f"unknown key {clip(key)}. {did_you_mean(key, ('title', 'paragraphs'))}"
            problems.append(Problem(file, node.keys[key], what, where))
    title, written = node.values.get("title"), node.values.get("paragraphs")
    texts = [title] if isinstance(title, Text) and title.value.strip() else []
    if not texts:
        problems.append(Problem(file, node.line, "`title` is missing. Write one line in quotation marks.", where))
    paragraphs = written.items if isinstance(written, Sequence) else []
    if not 0 < len(paragraphs) <= MOST_PARAGRAPHS or not all(isinstance(one, Text) for one in paragraphs):
        what = f"`paragraphs` must be a list of 1 to {MOST_PARAGRAPHS} texts, each in quotation marks."
        problems.append(Problem(file, node.line, what, where))
        return ()
    texts += [one for one in paragraphs if isinstance(one, Text)]
    said = set()
    for text in texts:
        said |= _words(name, text, file, problems)
    for word in sorted(LETTERS[name].must - said):
        what = f"it does not say {{{word}}}, which the member has to be told. Put it into a paragraph."
        problems.append(Problem(file, node.line, what, where))
    return tuple(" ".join(text.value.split()) for text in texts)


def _words(name: str, text: Text, file: str, problems: list[Problem]) -> set[str]:
    found = set(_PLACE.findall(text.value))
    where = f"letter {name}"
    known = LETTERS[name].known
    for word in sorted(found - known):
        what = f"this letter knows no {{{word[:40]}}}. {did_you_mean(word, sorted(known))}"
        problems.append(Problem(file, text.line, what, where))
    if "{" in (rest := _PLACE.sub("", text.value)) or "}" in rest:
        what = "a brace stands alone. Write each word to be filled in as {case}, and no other braces."
        problems.append(Problem(file, text.line, what, where))
    return found & known


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Fill one paragraph in, or give nothing if it would say something that has no value."""
    words = _PLACE.findall(template)
    empty = {word for word in words if not values.get(word, "").strip()}
    if empty - _ENDS_A_SENTENCE or (words and empty == set(words) and not _PLACE.sub("", template).strip()):
        return ""
    filled = " ".join(_PLACE.sub(lambda found: values.get(found[1], ""), template).split())
    return filled[:1].upper() + filled[1:]
