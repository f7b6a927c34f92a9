"""What a run sees is fixed by its seed, mixed by shares, and batched by length."""

import itertools
import random
from collections import Counter

from bot.classifiers.training.mixture import Part, bucketed, draws, padded, small_talk, smudged
from bot.classifiers.training.rows import Row


def _rows(name: str, count: int) -> list[Row]:
    return [Row(text=f"{name} {number}", labels={}, source=name) for number in range(count)]


PARTS = [
    Part(name="own", rows=_rows("own", 10), share=0.75),
    Part(name="public", rows=_rows("public", 200), share=0.25),
]


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    first, again, other = (list(itertools.islice(draws(PARTS, seed), 50)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_parts_are_drawn_by_their_shares_not_by_their_sizes() -> None:
    drawn = Counter(row.source for row in itertools.islice(draws(PARTS, 3), 2_000))
    assert 0.70 < drawn["own"] / 2_000 < 0.80


def test_a_part_is_used_up_before_a_row_comes_again() -> None:
    drawn = list(itertools.islice(draws(PARTS[:1], 4), 20))
    assert Counter(row.text for row in drawn) == {f"own {number}": 2 for number in range(10)}


def test_batches_hold_texts_of_about_one_length_and_lose_none() -> None:
    lengths = list(range(64))
    random.Random(5).shuffle(lengths)
    batches = list(itertools.islice(bucketed(iter(lengths), lambda n: n, size=8, pool=8, seed=6), 8))
    assert all(max(batch) - min(batch) == 7 for batch in batches)
    assert sorted(itertools.chain(*batches)) == list(range(64))


def test_smudging_changes_some_words_and_keeps_their_number() -> None:
    chance = random.Random(7)
    text = "everyone should stand behind the secretary tonight"
    smudges = {smudged(text, chance) for _ in range(50)}
    assert len(smudges) > 30
    assert smudged("a by it", chance) == "a by it"


def test_small_talk_is_what_is_short_and_friendly() -> None:
    long = "and then we talked of the weather " * 4
    told = [("tea at four", "everyday"), ("sit down", "politics"), (long, "everyday"), ("ha", "banter")]
    rows = [Row(text=text, labels={}, kind=kind) for text, kind in told]
    assert small_talk([Part(name="own", rows=rows, share=1.0)]) == ["tea at four", "ha"]


def test_padding_keeps_the_text_whole_on_either_side_of_the_talk() -> None:
    chance = random.Random(8)
    assert {padded("out with him", ["Tea at four."], chance) for _ in range(20)} == {
        "Tea at four. out with him",
        "out with him. Tea at four.",
    }
