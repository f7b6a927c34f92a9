"""Own rows are drawn alike, or four times as often where nothing has learnt from them yet."""

from pathlib import Path

import pytest

from bot.classifiers.training.build_data import OWN_SHARE, build


@pytest.fixture
def own(tmp_path: Path) -> Path:
    for name, count in (("hand_a", 300), ("hand_b", 100)):
        lines = (f"everyday\tother\tthe {name} meets for the {number}th time" for number in range(count))
        (tmp_path / f"{name}.tsv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_own_rows_are_one_part_if_none_is_fresh(own: Path) -> None:
    assert [part.name for part in build(None, None, own=own).parts] == ["own", "templates"]


def test_a_fresh_row_is_drawn_four_times_as_often_as_another(own: Path) -> None:
    fresh, known, _ = build(None, None, own=own, fresh=["hand_b"]).parts
    assert {row.source for row in fresh.rows} == {"hand_b"}
    assert {row.source for row in known.rows} == {"hand_a"}
    assert fresh.share / len(fresh.rows) == pytest.approx(4 * known.share / len(known.rows))
    assert fresh.share + known.share == pytest.approx(OWN_SHARE)


def test_all_may_be_fresh(own: Path) -> None:
    fresh, *_ = build(None, None, own=own, fresh=["hand_a", "hand_b"]).parts
    assert fresh.share == pytest.approx(OWN_SHARE)
