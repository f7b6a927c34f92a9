"""`hustings models`: what there is, how good it is on labelled messages, and which threshold suits a community."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.classifiers.embedded import shipped
from bot.cli_models import app

ROWS = [
    {
        "text": "Do us all a favour and hang yourself, you parasite.",
        "want": "abuse",
        "category": "self-harm",
    },
    {"text": "I know which school your kids go to, Priya. Withdraw.", "want": "abuse", "category": "threat"},
    {"text": "Leaflets are in the hall, could two people take Mill Lane?", "want": "ok", "category": "everyday"},
    {"text": "We will fight this budget ward by ward until May.", "want": "ok", "category": "politics"},
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "outcomes.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return file


def test_the_list_says_that_the_shipped_model_is_whole() -> None:
    done = CliRunner().invoke(app, ["list"])
    assert done.exit_code == 0
    assert "party-minilm/" in done.output
    assert "ready, hashes right" in done.output


def test_rules_model_and_both_are_judged_apart(labelled: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "--json", str(labelled)])
    ways = json.loads(done.output)["outcomes.jsonl"]
    assert set(ways) == {"rules", "model", "both"}
    assert all(way["caught"]["asked"] == 2 for way in ways.values())
    assert ways["both"]["caught"]["right"] >= ways["rules"]["caught"]["right"]


def test_the_table_names_each_category_where_asked(labelled: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "--by", "want", "--by", "category", str(labelled)])
    assert done.exit_code == 0
    assert "abuse: threat" in done.output
    assert "outcomes.jsonl: both together judge 100.0% rightly, macro F1 1.000" in " ".join(done.output.split())


def test_any_field_of_the_lines_can_part_the_figures(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    targets = ("members", "members", "nobody", None)
    rows = [row | ({"target": target} if target else {}) for row, target in zip(ROWS, targets, strict=True)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = CliRunner().invoke(app, ["evaluate", "--json", "--by", "target", str(file)])
    by_kind = json.loads(done.stdout)["some.jsonl"]["both"]["by_kind"]
    assert by_kind == {"members": [2, 2], "nobody": [1, 1], "none": [1, 1]}


def test_a_threshold_is_proposed_that_flags_no_more_than_wanted(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.jsonl"
    each = [row | {"text": f"{row['text']} {number}"} for row in ROWS for number in range(10)]
    file.write_text("".join(json.dumps(row) + "\n" for row in each), encoding="utf-8")
    told = " ".join(CliRunner().invoke(app, ["calibrate", str(file)]).output.split())
    assert "Of 20 abusive and 20 other messages: with `scores.abuse > " in told
    assert "and 0.0% of the others flagged" in told
    assert "rests on few messages" in told


def test_from_a_handful_of_messages_no_threshold_is_proposed(labelled: Path) -> None:
    done = CliRunner().invoke(app, ["calibrate", str(labelled)])
    assert done.exit_code == 0
    told = " ".join(done.output.split())
    assert "Of 2 abusive and 2 other messages: too few to choose a threshold by. Label at least 20 of each" in told
    assert "scores.abuse > 0." not in told.partition("Of 2 abusive")[2]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(b"nonsense", "this is no labelled message", id="no-json"),
        pytest.param(b'{"text": "x"}', "this is no labelled message", id="no-label"),
        pytest.param(b'{"text": 1, "want": "ok"}', "this is no labelled message", id="no-text"),
        pytest.param(b'{"text": "x", "want": "?"}', '`want` is "?"; write "abuse" or "ok"', id="another-label"),
        pytest.param(b'{"text": "x", "want": [1]}', '`want` is [1]; write "abuse" or "ok"', id="a-list-for-label"),
        pytest.param('{"text": "café", "want": "ok"}'.encode("latin-1"), "byte 14 is no UTF-8", id="latin-1"),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "calibrate"])
def test_a_line_that_cannot_be_used_is_told_and_those_beside_it_count(
    tmp_path: Path, command: str, line: bytes, told: str
) -> None:
    file = tmp_path / "outcomes.jsonl"
    rows = [json.dumps(row).encode() for row in ROWS]
    file.write_bytes(b"\n".join((rows[0], line, *rows[1:])))
    done = CliRunner().invoke(app, [command, str(file)])
    assert done.exit_code == 1  # as `check` and `replay` end where something was passed over
    assert f"{file}:2: {told}" in done.stderr
    assert "2 abusive and 2 other" in done.stdout or "% of 2 (" in done.stdout


def test_of_many_lines_that_cannot_be_used_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.csv"
    file.write_text("text,want\n" * 30, encoding="utf-16")
    done = CliRunner().invoke(app, ["calibrate", str(file)])
    assert done.exit_code == 2
    assert f"{file}:1: byte 1 is no UTF-8" in done.stderr
    assert "more lines like these are left out" in done.stderr
    assert "there are no messages in it" in done.stderr


def test_a_file_from_windows_with_its_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.jsonl"
    file.write_bytes("\r\n".join(json.dumps(row) for row in ROWS).encode("utf-8-sig"))
    done = CliRunner().invoke(app, ["calibrate", str(file)])
    assert done.exit_code == 0
    assert done.stderr == ""


@pytest.mark.parametrize(("want", "told"), [("ok", "nothing to catch"), ("abuse", "nothing to leave alone")])
def test_where_there_is_only_one_sort_nothing_is_said_of_the_other(tmp_path: Path, want: str, told: str) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS if row["want"] == want), encoding="utf-8")
    table = CliRunner().invoke(app, ["evaluate", str(file)]).output
    assert table.count(told) == 3
    assert "of 0" not in table
    assert "macro F1" not in table
    model = json.loads(CliRunner().invoke(app, ["evaluate", "--json", str(file)]).output)["some.jsonl"]["model"]
    assert model["ranking"] is None
    assert model["macro_f1"] is None
    assert model["caught" if want == "ok" else "left_alone"] == {"right": 0, "asked": 0, "low": None, "high": None}


def test_a_folder_that_holds_no_model_is_told(labelled: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "--model", str(tmp_path), str(labelled)])
    assert done.exit_code == 2
    assert "has no model.json" in done.output
    assert "Install Hustings again" not in done.output


def test_a_folder_that_is_not_there_is_named(labelled: Path, tmp_path: Path) -> None:
    mistyped = tmp_path / "modles" / "mine"
    done = CliRunner().invoke(app, ["evaluate", "--model", str(mistyped), str(labelled)])
    assert done.exit_code == 2
    assert f"{mistyped} is not there. Name the folder of a model" in done.output


def test_a_file_that_is_missing_beside_the_others_is_named(labelled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(shipped(), folder)
    (folder / "tokenizer.json").unlink()
    done = CliRunner().invoke(app, ["calibrate", "--model", str(folder), str(labelled)])
    assert done.exit_code == 2
    assert f"{folder} has no tokenizer.json" in done.output


def test_training_without_its_extra_says_what_to_install(tmp_path: Path) -> None:
    try:
        import torch  # noqa: F401, PLC0415
    except ImportError:
        done = CliRunner().invoke(app, ["train", str(tmp_path)])
        assert done.exit_code == 2
        assert "pip install -e '.[ml]'" in " ".join(done.output.split())
    else:
        pytest.skip("torch is installed")
