"""Figures about a model: ranking, shares with intervals, and the cut for a wanted rate of false alarms."""

from collections.abc import Sequence

import pytest

from bot.classifiers.training.evaluate import between, cut_for, judge, ranking, share
from bot.classifiers.training.rows import Row
from policies.findings import Scores


def test_ranking_is_the_chance_that_abuse_scores_higher() -> None:
    assert ranking([0.9, 0.8, 0.2, 0.1], [True, True, False, False]) == 1.0
    assert ranking([0.1, 0.9], [True, False]) == 0.0
    assert ranking([0.5, 0.5, 0.5], [True, False, False]) == 0.5
    assert ranking([0.9, 0.4, 0.6, 0.1], [True, True, False, False]) == pytest.approx(0.75)


def test_an_interval_holds_the_share_and_narrows_with_more_rows() -> None:
    few, many = share([True, True, False, False]), share([True, True, False, False] * 100)
    assert few.value == many.value == 0.5
    assert few.low <= 0.5 <= few.high
    assert many.high - many.low < few.high - few.low


def test_a_share_of_none_claims_no_interval() -> None:
    assert str(share([])) == "there were none"
    # Worked out from the formula by hand.
    assert str(share([True, False])) == "50.0% of 2 (9.5% to 90.5%)"
    assert str(share([True])) == "100.0% of 1 (20.7% to 100.0%)"
    assert str(share([False] * 10)) == "0.0% of 10 (0.0% to 27.8%)"


def test_a_threshold_stands_in_the_middle_between_the_scores_that_it_parts() -> None:
    assert between([0.9, 0.2, 0.2, 0.4]) == [0.0, 0.3, 0.65, 0.95]
    assert between([]) == [0.0, 1.0]


def test_the_cut_lets_at_most_the_wanted_share_of_false_alarms_through() -> None:
    values = [number / 100 for number in range(100)]
    cut = cut_for(values, [False] * 100, alarms=0.02)
    assert sum(value >= cut for value in values) <= 2
    assert sum(value >= cut - 0.011 for value in values) >= 2


def test_a_text_that_the_model_cannot_read_counts_as_not_caught() -> None:
    def score(texts: Sequence[str]) -> list[Scores | None]:
        return [None if text == "foreign" else Scores(abuse=0.9 if "bad" in text else 0.1) for text in texts]

    rows = [
        Row(text=text, labels={"abuse": label}, kind=kind)
        for text, label, kind in (
            ("bad", 1.0, "insult"),
            ("foreign", 1.0, "threat"),
            ("calm", 0.0, "everyday"),
            ("bad printer", 0.0, "profanity"),
        )
    ]
    judged = judge(rows, score)
    assert (judged.caught.right, judged.caught.asked, judged.unread) == (1, 2, 1)
    assert judged.left_alone.value == 0.5
    assert judged.by_kind["profanity"].value == 0.0
    assert judged.accuracy == 0.5
    assert judged.macro_f1 == pytest.approx(0.5)


def test_macro_f1_gives_the_few_as_much_weight_as_the_many() -> None:
    rows = [Row(text=f"{number}", labels={"abuse": float(number < 2)}) for number in range(10)]
    judged = judge(rows, lambda texts: [Scores(abuse=0.9 if text == "0" else 0.1) for text in texts])
    assert judged.accuracy == 0.9
    assert judged.macro_f1 == pytest.approx((2 / 3 + 16 / 17) / 2)
