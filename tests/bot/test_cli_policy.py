"""`hustings policy` as an organiser uses it: every mistake at once, and what may surprise."""

import json
from pathlib import Path

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion
from typer.testing import CliRunner, Result

from bot.cli import app
from policies.load import house_policy_bytes

POLICY = """\
policy: Branch channels
version: 4
definitions: [equality-act-2010]
rules:
  - id: threats
    clause: "2.1 Do not threaten anyone."
    when: used.exists(f, f.kind == "threat")
    then: [hide, mute, slow-mode, alert]
    mode: act
    examples:
      match: ["I will kill you"]
      ignore: ["We will fight them on every doorstep"]
  - id: score
    clause: "6.1 Be civil."
    when: scores.toxicity > 0.9
    then: [hide]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a good policy file that lies in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = Path("branch.yaml")
    path.write_text(POLICY, encoding="utf-8")
    return path


def hustings(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["policy", *map(str, arguments)])


def test_a_good_file_is_told_with_what_may_surprise(file: Path, snapshot: SnapshotAssertion) -> None:
    ran = hustings("check", file)
    assert ran.exit_code == 0
    assert ran.output == snapshot


def test_every_mistake_is_told_on_standard_output_and_the_exit_status_says_so(
    file: Path, snapshot: SnapshotAssertion
) -> None:
    file.write_text(POLICY.replace("hide", "hidee").replace('"threat"', '"threatt"').replace("when: sc", "whn: sc"))
    ran = hustings("check", file)
    assert ran.exit_code == 1
    assert ran.stdout == snapshot
    assert ran.stderr == "5 mistakes; the policy cannot be used.\n"


def test_without_a_file_the_shipped_policy_is_checked() -> None:
    ran = hustings("check")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("party.yaml: no mistakes.\n")
    assert "cannot" not in ran.stdout


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.yaml"
    ran = hustings("check", path)
    assert ran.exit_code == 1
    what = "the file cannot be read: No such file or directory. Check the name and the rights."
    assert ran.stdout == f"{path}: {what}\n"


def test_the_examples_are_tried_with_the_shipped_detectors(file: Path) -> None:
    ran = hustings("test", file)
    assert ran.exit_code == 0
    assert ran.stdout == (
        "branch.yaml: 2 examples tried, all as they should be.\n"
        "Without a `match` example, so not known to catch anything: score.\n"
        "The classifier was not asked: what rules make of its scores, `hustings explain` tells.\n"
    )


def test_an_example_that_fails_is_told_with_its_line(file: Path) -> None:
    file.write_text(POLICY.replace("I will kill you", "I will call you"))
    ran = hustings("test", file)
    assert ran.exit_code == 1
    assert ran.stdout == (
        "branch.yaml:11: rule threats: this `match` example is not matched. Found in it: nothing. "
        "Change the example or `when`.\n"
    )
    assert ran.stderr == "1 example fails; the policy cannot be used.\n"


def test_mistakes_are_told_before_any_example_is_tried(file: Path) -> None:
    file.write_text(POLICY.replace("I will kill you", "I will call you").replace("> 0.9", "> 9"))
    ran = hustings("test", file)
    assert ran.exit_code == 1
    assert "I will call you" not in ran.stdout
    assert ran.stderr == "1 mistake; the policy cannot be used.\n"


def test_an_example_of_a_rule_on_scores_cannot_match_and_that_is_said(file: Path) -> None:
    file.write_text(POLICY + '    examples:\n      match: ["You are a waste of space"]\n')
    ran = hustings("test", file)
    assert ran.exit_code == 1
    assert "examples are tried without a classifier" in ran.stdout


def test_a_mistake_in_strange_letters_can_be_printed(file: Path) -> None:
    file.write_bytes(POLICY.replace("Branch channels", '"\\ud800"').replace("hide", "h\u0456de").encode())
    ran = hustings("check", file)
    assert ran.exit_code == 1
    assert "half a character" in ran.stdout


def test_the_schema_accepts_the_shipped_policy_and_refuses_what_check_refuses() -> None:
    schema = json.loads(hustings("schema").stdout)
    rule = {"id": "a", "clause": "c", "when": "scored", "then": ["alert"]}
    jsonschema.validate({"policy": "p", "version": 1, "rules": [rule]}, schema)
    for wrong in ({**rule, "then": ["alrt"]}, {**rule, "whn": "scored"}, {**rule, "triage-within": "1 hour"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"policy": "p", "version": 1, "rules": [wrong]}, schema)


def test_a_copy_of_the_shipped_policy_can_be_checked_and_tried(tmp_path: Path) -> None:
    copy = tmp_path / "ours.yaml"
    copy.write_bytes(house_policy_bytes())
    assert hustings("check", copy).exit_code == 0
    assert hustings("test", copy).exit_code == 0
