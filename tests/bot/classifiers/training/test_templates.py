"""Contrast templates name every group in abuse and in its opposite, so that a name tells nothing."""

import yaml

from bot.classifiers.training.templates import DATA, filled

WRITTEN = yaml.safe_load((DATA / "templates.yaml").read_text(encoding="utf-8"))


def test_every_group_is_named_in_abuse_and_outside_it() -> None:
    rows = filled(each=1_000)
    for slot in ("people", "person", "party", "leader"):
        for word in WRITTEN["slots"][slot]:
            named = {row.labels["abuse"] for row in rows if word in row.text}
            assert named == {0.0, 1.0}, word


def test_the_fillings_of_a_template_stay_together() -> None:
    groups = {row.group for row in filled()}
    assert len(groups) == len(WRITTEN["templates"])


def test_filling_is_the_same_each_time() -> None:
    assert filled() == filled()


def test_no_slot_is_left_open() -> None:
    assert not [row.text for row in filled() if "{" in row.text or "}" in row.text]
