"""Anchors: no pattern is passed over that a text matches, wherever in the text, and few are tried for nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import re2
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.anchors import Anchors, sorted_by_reach
from policies.chains import chain_of
from policies.forms import Words, compiled_form
from policies.kept_rows import kept_rows
from policies.lexicon import compiled
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()
FORMS = [form for lexicon in HOUSE.lexicons for entry in lexicon.entries for form in entry.patterns]
ANCHORS = Anchors(sorted_by_reach([form.parts for form in FORMS]))
WRITTEN_ALIKE = [form for form in FORMS if not re.search(r"\\[^bsSwWdDn\W]|\[\[|\$|\^", form) and len(form) < 4_000]


CORPORA = Path(__file__).parents[1] / "corpus"


def texts() -> list[str]:
    """Give every message of the corpora and every example in the lexicons, each once."""
    rows = [
        row for file in sorted(CORPORA.glob("*.yaml")) for row in yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)
    ]
    for file in sorted(CORPORA.glob("party_life/*.jsonl")):
        rows += map(json.loads, file.read_text("utf-8").splitlines())
    examples = (
        text for lexicon in HOUSE.lexicons for entry in lexicon.entries for text in (*entry.hits, *entry.passes)
    )
    return list(dict.fromkeys([*(row["text"] for row in rows), *examples]))


def by_re2(texts: list[str]) -> Iterator[tuple[str, set[int]]]:
    """Give the patterns that RE2 itself finds in texts, by a filter of its own."""
    every = re2.Filter()
    options = re2.Options()
    options.max_mem = 64 << 20
    for form in FORMS:
        every.Add(str(form), options)
    every.Compile()
    for text in texts:
        yield text, set(every.Match(text) or ())


def spans(number: int, text: str, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give where a pattern matches within ranges of a text."""
    return [match.span() for start, end in ranges for match in compiled(FORMS[number]).finditer(text, start, end)]


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.full), 5])
def test_every_pattern_that_matches_a_row_of_the_corpora_is_tried_where_it_matches(step: int) -> None:
    rows = [HOUSE.normalise(text).views[-1].text for text in texts()[::step]]
    assert len(rows) > 5_000 / step
    for text, matching in by_re2(rows):
        candidates = ANCHORS.candidates(text, [(0, len(text))])
        assert matching <= set(candidates), text
        for number in matching:
            assert spans(number, text, candidates[number]) == spans(number, text, [(0, len(text))]), text


def test_the_same_holds_in_the_midst_of_a_long_message() -> None:
    rows = [HOUSE.normalise(text).views[0].text for text in texts()]
    long = [". ".join(rows[number : number + 25]) for number in range(0, len(rows), 150)]
    for text, matching in by_re2(long):
        candidates = ANCHORS.candidates(text, [(0, len(text))])
        for number in matching:
            whole = spans(number, text, [(0, len(text))])
            near = [span for span in whole if text.count(" ", *span) < 20]
            assert set(near) <= set(spans(number, text, candidates.get(number, []))), FORMS[number][:80]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_text_made_from_a_pattern_is_one_the_pattern_is_tried_on(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(WRITTEN_ALIKE))
    made = data.draw(st.from_regex(re.compile(form, re.ASCII)))
    text = HOUSE.normalise(f"so {made} it is").folded.text
    if compiled(form).search(text):
        assert FORMS.index(form) in ANCHORS.candidates(text, [(0, len(text))])


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        pytest.param("dirty poles", [{"\0dirty poles\0"}], id="two-words-in-a-row"),
        pytest.param(
            "(?:rats|mice) in (?:\\w+ )?attics?",
            [{"\0rats in\0", "\0mice in\0"}, {"\0attic\0", "\0attics\0"}],
            id="needs",
        ),
        pytest.param("immigr\\w+", [{"\0immigr"}], id="the-beginning-of-a-word"),
        pytest.param("\\d{2}x kestrels", [set("0123456789"), {"\0kestrels"}], id="repeated-digits-are-no-words"),
        pytest.param("(?:the )?\\w+", [], id="nothing-that-could-be-asked-for"),
        pytest.param("a|the", [{"\0a\0"}, {"\0the\0"}], id="alternatives-by-themselves"),
        pytest.param("{bird}s?", [{"\0kestrel\0", "\0kestrels\0", "\0owl\0", "\0owls\0"}], id="names"),
    ],
)
def test_what_a_pattern_needs(pattern: str, needed: list[set[str]]) -> None:
    form = compiled_form(pattern, Words({"bird": ["kestrel", "owl"]}))
    assert [set(need.literals) for part in form.parts for need in chain_of(part).needs] == needed


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        pytest.param("the rats sat in the attic", True, id="as-the-pattern-has-them"),
        pytest.param("in the attic sat rats", False, id="in-another-order"),
        pytest.param("rats " + "and so on " * 20 + "attic", False, id="too-far-apart"),
        pytest.param("and so on " * 20 + "rats in one attic", True, id="deep-in-a-long-text"),
        pytest.param("no rats", False, id="not-all"),
    ],
)
def test_a_pattern_is_tried_where_its_words_stand_in_order_and_close(text: str, tried: bool) -> None:
    anchors = Anchors(sorted_by_reach([compiled_form("rats (?:\\w+ ){0,4}attics?", {}).parts]))
    text += ". and so on" * 20  # in a short text order and distance are not asked for
    assert (0 in anchors.candidates(text, [(0, len(text))])) is tried


def test_one_word_does_not_meet_two_needs_that_a_gap_parts() -> None:
    anchors = Anchors(sorted_by_reach([compiled_form("(?:kite|owl) (?:owl|kite)", {}).parts]))
    more = ". and so on" * 20
    assert not anchors.candidates(f"one kite{more}", [(0, 8 + len(more))])
    assert anchors.candidates(f"kite, owl{more}", [(0, 9 + len(more))])


def test_what_is_tried_is_little_more_than_the_match() -> None:
    text = "and so on " * 40 + "red kites " + "and so on " * 40
    ((start, end),) = Anchors(sorted_by_reach([compiled_form("red kites?", {}).parts])).candidates(
        text, [(0, len(text))]
    )[0]
    assert start <= 400
    assert end >= 409
    assert end - start < 40


def test_everyday_talk_opens_few_patterns() -> None:
    text = "can anyone cover the stall on saturday. the minutes are in the shared folder"
    assert len(ANCHORS.candidates(text, [(0, len(text))])) < 12


def test_what_was_kept_is_read_back_and_belongs_to_its_patterns(tmp_path: Path) -> None:
    forms = [compiled_form(pattern, {}) for pattern in ("red kite", "barn owls?")]
    kept = kept_rows(forms, tmp_path)
    assert kept == sorted_by_reach([form.parts for form in forms])
    assert kept_rows(forms, tmp_path) == kept
    (file,) = tmp_path.iterdir()
    told = json.loads(file.read_text("utf-8"))
    told["by_literal"] = {"swallow": [[], [], [0]]}
    file.write_text(json.dumps(told), encoding="utf-8")
    assert kept_rows(forms, tmp_path) != kept, "so it is read, not worked out again"
    assert kept_rows(forms[:1], tmp_path) == sorted_by_reach([forms[0].parts])


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"mark": 1}', '{"mark": "x", "patterns": [1]}'])
def test_what_cannot_be_read_back_is_worked_out_again(tmp_path: Path, broken: str) -> None:
    (tmp_path / "anchors.json").write_text(broken, encoding="utf-8")
    forms = [compiled_form("red kite", {})]
    assert kept_rows(forms, tmp_path) == sorted_by_reach([forms[0].parts])


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    forms = [compiled_form("red kite", {})]
    assert kept_rows(forms, tmp_path / "file") == sorted_by_reach([forms[0].parts])
