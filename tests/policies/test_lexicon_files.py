"""Lexicon files: every mistake is told with its place, and what is shipped has none that shows only later."""

from pathlib import Path

import pytest

from policies.lexicon import compiled
from policies.lexicon_files import InvalidLexiconsError, house_detectors, load_detectors

LEXICON = """
lexicon: mine
about: A test.
words:
  folk: ["poles", "scots"]
  torn: ["rat(s"]
  loop: ["{loop}"]
groups:
  - {id: fine, kind: slur, categories: [insult], patterns: ["{folk} are rats"]}
  - {id: torn, kind: slur, categories: [insult], patterns: ["{folk} are (rats"]}
  - {id: ahead, kind: slur, categories: [insult], unless: ["rats(?!s)"]}
  - {id: unlisted, kind: slur, categories: [insult], nearby: ["{nobody}"]}
  - {id: circle, kind: slur, categories: [insult], unless-near: ["{loop}"]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with word lists and a lexicon full of mistakes."""
    (tmp_path / "words.yaml").write_text('you: ["you", "y[ou"]', encoding="utf-8")
    (tmp_path / "disguised.yaml").write_text("{}", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(LEXICON, encoding="utf-8")
    return tmp_path


def test_every_mistake_is_told_at_once_with_its_place(folder: Path) -> None:
    with pytest.raises(InvalidLexiconsError) as raised:
        load_detectors(folder)
    told = [str(problem) for problem in raised.value.problems]
    assert [problem.partition(": the ")[0].partition(": no ")[0] for problem in told] == [
        "words.yaml: you",
        "mine.yaml: torn",
        "mine.yaml: torn",
        "mine.yaml: ahead",
        "mine.yaml: unlisted",
        "mine.yaml: circle",
    ]
    assert "'y[ou'" in told[0]
    assert "missing ]" in told[0]
    assert "'rat(s'" in told[1]
    assert "missing )" in told[1]
    assert "(?!" in told[3]
    assert "'nobody'" in told[4]
    assert "circle" in told[5]


def test_a_name_that_is_given_twice_is_told_and_neither_of_its_lists_is_lost_in_silence(folder: Path) -> None:
    (folder / "mine.yaml").write_text("lexicon: mine\nwords:\n  rat: [a]\n  rat: [b]\n", encoding="utf-8")
    with pytest.raises(InvalidLexiconsError) as raised:
        load_detectors(folder)
    assert "mine.yaml:4: is not YAML: `rat` stands here twice" in str(raised.value)


def test_the_shipped_patterns_compile_though_that_is_put_off_until_they_are_needed() -> None:
    entries = [entry for lexicon in house_detectors().lexicons for entry in lexicon.entries]
    forms = {form for entry in entries for form in (*entry.patterns, *entry.nearby)}
    forms |= {"|".join(part) for entry in entries for part in (entry.unless, entry.unless_near) if part}
    forms |= {form for entry in entries for _, form in entry.named}
    assert len(forms) > 1_000
    for form in forms:
        assert compiled(form).groups >= 0
