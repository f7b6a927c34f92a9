"""The file of signs: mistakes are told all at once, and no sign names a party, a creed or a leader."""

import re
from importlib import resources
from pathlib import Path

import pytest

from policies.conversations.sign_files import FIRST_NAMES, NAMES, SIGNS, load_signs
from policies.reading_yaml import InvalidLexiconsError


def _folder(tmp_path: Path, signs: str) -> Path:
    (tmp_path / SIGNS).write_text(signs, encoding="utf-8")
    (tmp_path / FIRST_NAMES).write_text("first-names: ann ben", encoding="utf-8")
    return tmp_path


def test_every_mistake_is_told_with_its_sign(tmp_path: Path) -> None:
    with pytest.raises(InvalidLexiconsError) as told:
        load_signs(_folder(tmp_path, "hostile:\n  words: ['(?=x)']\nnonsense:\n  words: ['x']\n"))
    text = str(told.value)
    assert "nonsense: is no sign that a detector asks for" in text
    assert "warm: is missing; list its words" in text
    assert "'(?=x)' is not one RE2 can run" in text


def test_a_sign_is_read_wherever_its_words_stand(tmp_path: Path) -> None:
    rest = "\n".join(f"{name}:\n  words: ['zzz{name}']" for name in sorted(NAMES - {"hostile"}))
    signs = load_signs(_folder(tmp_path, f"hostile:\n  words: ['plum']\n  anywhere: ['\\x{{1F921}}']\n{rest}\n"))
    assert signs.read("a plum, they said") == {"hostile"}
    assert signs.read("plumage") == frozenset()
    assert signs.read("oh \U0001f921") == {"hostile"}
    assert signs.first_names == {"ann", "ben"}


def test_no_sign_of_contempt_names_a_party_or_a_leader() -> None:
    text = (resources.files("policies.conversations") / SIGNS).read_text(encoding="utf-8")
    named = re.findall(
        r"\b(?:labour|tory|tories|conservatives?|lib ?dems?|liberals?|greens?|reform|ukip|snp|plaid|corbyn\w*|starmer|"
        r"farage|badenoch|sunak|johnson|blair\w*|zionis\w*|islamis\w*|momentum|blairites?|trump|putin|netanyahu)\b",
        text.lower(),
    )
    assert set(named) <= {"green"}
