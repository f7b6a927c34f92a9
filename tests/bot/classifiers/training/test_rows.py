"""Own rows: what each kind says about each head, and mistakes told by line."""

from pathlib import Path

import pytest

from bot.classifiers.heads import HEADS
from bot.classifiers.training.rows import ABUSIVE, BENIGN, RowsError, labels_of, own_rows


@pytest.mark.parametrize("kind", BENIGN)
def test_a_benign_kind_denies_abuse_of_every_sort_it_speaks_of(kind: str) -> None:
    labels = labels_of(kind)
    assert labels["abuse"] == 0.0
    assert set(labels.values()) == {0.0}


@pytest.mark.parametrize("kind", ABUSIVE)
def test_an_abusive_kind_affirms_its_own_heads_and_leaves_open_what_it_cannot_know(kind: str) -> None:
    labels = labels_of(kind)
    assert labels["abuse"] == 1.0
    assert all(labels[head] == 1.0 for head in ABUSIVE[kind])
    assert len(labels) < len(HEADS)


def test_swearing_says_nothing_about_obscenity() -> None:
    assert "obscene" not in labels_of("profanity")
    assert labels_of("profanity")["insult"] == 0.0


def test_rows_are_read_with_their_line_breaks_and_their_stance(tmp_path: Path) -> None:
    file = tmp_path / "hand.tsv"
    file.write_text("quote\tquote\tShe wrote:\\n> go away\nthreat\tuse\twatch it\n", encoding="utf-8")
    first, second = own_rows(file)
    assert (first.text, first.stance, first.labels["abuse"]) == ("She wrote:\n> go away", "quote", 0.0)
    assert (second.stance, second.labels["threat"]) == ("use", 1.0)


def test_neighbouring_lines_stay_together(tmp_path: Path) -> None:
    file = tmp_path / "hand.tsv"
    file.write_text("".join(f"everyday\tother\tline {n}\n" for n in range(30)), encoding="utf-8")
    groups = [row.group for row in own_rows(file, block=10)]
    assert len(set(groups)) == 4
    assert groups == sorted(groups)


def test_every_mistake_in_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "hand.tsv"
    file.write_text("everyday\tother\tfine\nnonsense\tuse\ttext\neveryday\tother\n", encoding="utf-8")
    with pytest.raises(RowsError) as told:
        own_rows(file)
    assert [line.split(" ")[0] for line in str(told.value).splitlines()] == ["hand.tsv:2:", "hand.tsv:3:"]
