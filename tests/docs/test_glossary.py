"""The glossary's words live where it says they do."""

import ast
import re

import pytest

from tests.architecture.sources import PACKAGES, REPOSITORY, modules, parsed

GLOSSARY = (REPOSITORY / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([A-Z]\w+(?: \w+)?) \|.*\| `([\w/.]+)(?::(\w+))?` \|$", GLOSSARY, re.MULTILINE)
FREE = re.findall(r"^\| (\w+) \| [^|]*\|$", GLOSSARY.partition("## Words kept free")[2], re.MULTILINE)


@pytest.mark.parametrize(("word", "file", "symbol"), ROWS)
def test_a_word_lives_where_the_glossary_says(word: str, file: str, symbol: str) -> None:
    path = REPOSITORY / file
    assert path.is_file(), f"{word}: there is no {file}"
    assert not symbol or symbol in _names(parsed(path)), f"{word}: {file} has no {symbol}"


def test_every_event_and_every_word_that_a_decision_passes_is_explained() -> None:
    explained = {symbol for _, _, symbol in ROWS}
    events = {
        node.name for node in parsed(REPOSITORY / "policies" / "events.py").body if isinstance(node, ast.ClassDef)
    }
    assert {name for name in events if name.startswith(("Message", "Member", "Gap"))} <= explained
    assert {"Finding", "Scores", "Stance", "Assessment", "Rule", "Policy", "Decision", "Outcome"} <= explained


def test_no_word_is_explained_twice() -> None:
    words = [word for word, _, _ in ROWS] + [word for word in FREE if word != "word"]
    assert len(words) == len(set(words))


def test_the_words_kept_free_are_free() -> None:
    taken = {
        node.name for path in modules(*PACKAGES) for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)
    }
    assert taken.isdisjoint(FREE), "a word came to be used: move it up the glossary"


def _names(tree: ast.Module) -> set[str]:
    named: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            named.add(node.name)
        elif isinstance(node, ast.Assign):
            named |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            named.add(node.target.id)
    return named
