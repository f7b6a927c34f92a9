"""Texts made from others are new, read like them, and are the same for the same seed."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.classifiers.training.build_data import VARIED, VARIED_SHARE, Data
from bot.classifiers.training.leaks import LeakGuard
from bot.classifiers.training.mixture import Part
from bot.classifiers.training.rows import Row
from bot.classifiers.training.variations import Varied, variations

TEXTS = (
    "the minutes of the meeting are in the folder",
    "the leaflets of the branch are in the cupboard",
    "who has the key of the hall tonight",
    "the chair of the branch has the casting vote tonight",
)


def test_the_same_seed_gives_the_same_texts_and_none_that_was_there() -> None:
    made = variations(TEXTS, 20, seed=7)
    assert len(made) == len(set(made)) == 20
    assert not set(made) & set(TEXTS)
    assert made == variations(TEXTS, 20, seed=7)
    assert made != variations(TEXTS, 20, seed=8)


def test_a_word_stands_only_where_it_stood_between_one_of_its_neighbours() -> None:
    known = {pair for text in TEXTS for pair in pairwise(text.split())}
    for text in variations(TEXTS, 100, seed=7):
        for before, word, behind in zip(text.split(), text.split()[1:], text.split()[2:], strict=False):
            assert (before, word) in known or (word, behind) in known, text


def test_where_nothing_new_can_be_made_it_ends() -> None:
    assert variations(["three short words"], 5, seed=1) == []
    assert variations([], 5, seed=1) == []


@given(st.lists(st.text(max_size=40), max_size=6), st.integers(0, 99))
def test_any_texts_can_be_varied(texts: list[str], seed: int) -> None:
    for made, _ in zip(Varied(texts).draw(seed), range(10), strict=False):
        assert made not in texts


def test_only_own_rows_are_varied_and_nothing_leaks() -> None:
    rows = [Row(text=text, labels={"abuse": 0.0}) for text in TEXTS]
    public = Part(name="davidson", rows=[Row(text="a tweet of the others about all of it", labels={})], share=0.5)
    data = Data(parts=(Part(name="own", rows=rows, share=0.5), public), held_back=())
    made = data.variations(20, 7)
    assert made
    assert not any("tweet" in text for text in made)
    guarded = Data(parts=data.parts, held_back=(), guard=LeakGuard([(made[0], "hard-1.jsonl")]))
    assert made[0] not in guarded.variations(20, 7)
    taught = guarded.with_variations(made)
    assert taught.parts[-1].name == VARIED
    assert made[0] not in [row.text for row in taught.parts[-1].rows]
    assert abs(sum(part.share for part in taught.parts) - 1) < 1e-9
    assert taught.parts[-1].share == VARIED_SHARE
    assert all(not row.labels and not row.stance for row in taught.parts[-1].rows)
    assert guarded.with_variations([]) is guarded
