"""YAML as a tree that knows its lines: what it reads, what it refuses, and that it never falls over."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.yaml_tree import MAX_BYTES, MAX_DEPTH, UnreadableYaml, line_of, plain, read_tree


def test_what_looks_like_text_is_text() -> None:
    tree, problems = read_tree(b"no: no\ntime: 1:30\nclause: 2.1\nversion: 3\nempty:\nnull: ~\n", "p.yaml")
    assert problems == []
    assert plain(tree) == {"no": "no", "time": "1:30", "clause": "2.1", "version": "3", "empty": "", "null": "~"}


def test_every_part_knows_its_line() -> None:
    tree, _ = read_tree(b"a: 1\nb:\n  - c: 2\n    d: |\n      e\n      f\n  - [g,\n     h]\n", "p.yaml")
    assert line_of(tree, ("a",)) == 1
    assert line_of(tree, ("b", 0, "d")) == 4
    assert line_of(tree, ("b", 1, 1)) == 8
    assert line_of(tree, ("b", 7)) == 2
    assert line_of(tree, ("nowhere", "at", "all")) == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "p.yaml:1: the file is empty. Start", id="empty"),
        pytest.param(b"# only a remark\n\n", "p.yaml:1: the file is empty. Start", id="only-remarks"),
        pytest.param(b"a:\n\t- b\n", "p.yaml:2: a tab is used to indent. Use spaces.", id="tab"),
        pytest.param(b"a: 1\n b: 2\n", "p.yaml:2: a colon stands inside a value. Put", id="colon"),
        pytest.param(b"a:\n  b: 1\n c: 2\n", "p.yaml:3: the indentation does not fit", id="indentation"),
        pytest.param(b"a: 1\nb: 'x\nc: 2\n", "p.yaml:2: a quotation mark is opened here and never", id="quotation"),
        pytest.param(b"a: [x\nb: c\n", "p.yaml:2: this is not YAML: expected ','", id="bracket"),
        pytest.param(b"a: 1\n---\nb: 2\n", "p.yaml:2: a second document starts here", id="two-documents"),
        pytest.param("a: é\nb: 1\n".encode("latin-1"), "p.yaml:1: the byte 0xe9 is not UTF-8. Save", id="latin-1"),
        pytest.param("a: 1\n".encode("utf-16"), "p.yaml:1: the byte 0xff is not UTF-8. Save", id="utf-16"),
        pytest.param(b"a: 1\nb: \x07\n", "p.yaml:2: the character U+0007 cannot stand", id="control-character"),
        pytest.param(b"a" * (MAX_BYTES + 1), "p.yaml: the file has more than 256 KiB.", id="enormous"),
        pytest.param(b"[" * 50_000, f"p.yaml:1: this is nested more than {MAX_DEPTH} deep.", id="deep"),
        pytest.param(b"{a: " * 50_000, f"p.yaml:1: this is nested more than {MAX_DEPTH} deep.", id="deep-mappings"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(data: bytes, told: str) -> None:
    with pytest.raises(UnreadableYaml) as caught:
        read_tree(data, "p.yaml")
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"a: 1\nb: 2\na: 3\n", "p.yaml:3: the key 'a' stands here for the second time", id="duplicate"),
        pytest.param(b"a: &x 1\n", "p.yaml:1: the anchor &x is not allowed.", id="anchor"),
        pytest.param(b"a: *x\n", "p.yaml:1: the alias *x is not allowed.", id="alias"),
        pytest.param(b"a: !!python/object:os.system x\n", "p.yaml:1: the tag tag:yaml.org,2002:python", id="tag"),
        pytest.param(b'a: "\\ud800"\n', "p.yaml:1: the text holds half a character", id="half-a-character"),
        pytest.param(b"? [a, b]\n: c\n", "p.yaml:1: a key must be a word", id="key-that-is-a-list"),
    ],
)
def test_what_can_be_read_past_is_told_and_read_past(data: bytes, told: str) -> None:
    _, problems = read_tree(data, "p.yaml")
    assert [str(problem) for problem in problems if str(problem).startswith(told)]


def test_characters_that_json_writes_in_two_halves_are_whole_again() -> None:
    tree, problems = read_tree(b'{"a": "\\ud83d\\ude00"}', "p.json")
    assert (plain(tree), problems) == ({"a": "\N{GRINNING FACE}"}, [])


def test_aliases_do_not_unfold() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30))
    started = time.process_time()
    tree, problems = read_tree(f"l0: &l0 lol\n{levels}\n".encode(), "p.yaml")
    assert plain(tree)
    assert problems
    assert time.process_time() - started < 2


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_no_bytes_at_all_do_more_than_be_refused(data: bytes) -> None:
    with suppress(UnreadableYaml):
        tree, problems = read_tree(data, "p.yaml")
        plain(tree)
        assert all(str(problem).startswith("p.yaml:") for problem in problems)
