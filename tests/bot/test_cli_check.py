"""`hustings check` and `hustings explain`, run as a user runs them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KEYS = {
    *("id", "action", "actions", "categories", "rules", "findings"),
    *("scores", "scorer", "degraded", "stance", "policy"),
}


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "bot", *arguments], input=given, capture_output=True, check=False)


def check(*messages: dict[str, Any] | bytes, arguments: tuple[str, ...] = ()) -> tuple[int, list[dict[str, Any]]]:
    given = b"".join((m if isinstance(m, bytes) else json.dumps(m).encode()) + b"\n" for m in messages)
    done = run("check", *arguments, given=given)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_each_message_gets_one_decision_of_the_promised_shape() -> None:
    status, answers = check({"id": "1", "text": "hello"}, {"id": 2, "text": "I will kill you", "platform": "slack"})
    assert status == 0
    assert [answer["id"] for answer in answers] == ["1", 2]
    assert all(set(answer) == KEYS for answer in answers)
    clean, threat = answers
    assert (clean["action"], clean["actions"], clean["categories"]) == ("allow", ["allow"], [])
    assert threat["action"] in ("hold", "hide", "mute")
    assert threat["categories"] == ["threat"]
    assert threat["stance"] == "use"
    (finding,) = threat["findings"]
    assert "I will kill you"[finding["start"] : finding["end"]].endswith("kill you")


def test_a_report_of_a_threat_is_left_alone_and_carries_no_category() -> None:
    _, (answer,) = check({"id": "1", "text": 'He told me "I will kill you". I went to the police.'})
    assert (answer["action"], answer["categories"], answer["stance"]) == ("allow", [], "report")


def test_a_bad_line_gets_an_error_and_the_lines_beside_it_their_decisions() -> None:
    status, answers = check({"id": "1", "text": "hello"}, b'{"id": "2", "te', b"", {"id": "3", "text": "hello"})
    assert status == 1
    assert [answer["id"] for answer in answers] == ["1", None, "3"]
    assert answers[1]["line"] == 2
    assert "not JSON" in answers[1]["error"]


def test_messages_are_read_from_a_file_as_well(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_bytes(b'{"id": "1", "text": "hello"}\n\n{"id": "2"}\n')
    done = run("check", str(file))
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], second["line"]) == ("1", 3)
    missing = run("check", str(tmp_path / "none.jsonl"))
    assert missing.returncode == 2
    assert b"none.jsonl: the file cannot be read" in missing.stderr


def test_hostile_texts_each_get_a_decision() -> None:
    texts = ["", "\x00", "\ud800", "a" * 40_000, "z\u0301" * 50_000, "\u202eabc\u202c", "🏳️‍🌈" * 500, '"' * 4_000]
    status, answers = check(*({"id": str(number), "text": text} for number, text in enumerate(texts)))
    assert status == 0
    asked = {answer["id"] for answer in answers if answer["action"] == "alert"}
    assert asked == {"4"}, "what is longer than any platform lets through is not read to its end: a person looks"
    assert {answer["action"] for answer in answers} == {"allow", "alert"}


def test_an_answer_comes_before_the_next_line_is_written() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "check"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": "hello"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait() == 0


def test_a_policy_that_cannot_be_used_is_named_and_nothing_is_judged() -> None:
    done = run("check", "--policy", "no-such-file.yaml", given=b'{"id": "1", "text": "hello"}\n')
    assert done.returncode == 2
    assert b"no-such-file.yaml" in done.stderr
    assert done.stdout == b""


def test_a_classifier_that_is_not_there_is_refused_in_a_sentence() -> None:
    done = run("check", "--scorer", "oracle")
    assert done.returncode == 2
    assert b"'oracle' is not one of 'none'" in done.stderr


def test_a_borrowed_name_is_shown_to_a_human(tmp_path: Path) -> None:
    people = tmp_path / "people.jsonl"
    people.write_text('{"id": "42", "name": "Mair Llewellyn", "handles": ["CllrMair"]}\n', encoding="utf-8")
    messages = [
        {"id": 1, "text": "Vote for me", "author": "42", "author_name": "Mair Llewellyn"},
        {"id": 2, "text": "Vote for me", "author": "66", "author_name": "M\u0430ir Llewe11yn"},
    ]
    _, (herself, other) = check(*messages, arguments=("--people", str(people)))
    assert (herself["action"], herself["categories"]) == ("allow", [])
    assert (other["action"], other["categories"]) == ("alert", ["impersonation"])


def test_a_people_file_with_mistakes_is_refused_with_every_line_that_is_wrong(tmp_path: Path) -> None:
    people = tmp_path / "people.jsonl"
    people.write_text('{"id": "1"}\n{"id": "2", "name": "Ann", "handles": "ann"}\nnonsense\n', encoding="utf-8")
    done = run("check", "--people", str(people))
    assert done.returncode == 2
    assert all(f"people.jsonl:{number}:".encode() in done.stderr for number in (1, 2, 3))
    assert b'"name": "Ann Lee"' in done.stderr.splitlines()[2]


def test_explain_shows_views_findings_stance_and_every_rule() -> None:
    done = run("explain", "--json", "I will k1ll you")
    told = json.loads(done.stdout)
    assert told["views"][0]["name"] == "folded"
    assert told["findings"][0]["view"] == "leet"
    assert any(rule["matched"] for rule in told["rules"])
    assert all(rule["why"] for rule in told["rules"])


def test_explain_says_why_a_single_word_has_no_scores() -> None:
    done = run("explain", "Tories")
    assert "none: the classifier is not asked about a single short word" in " ".join(done.stdout.decode().split())
    assert "no classifier was asked" in run("explain", "--scorer", "none", "Tories").stdout.decode()


def test_explain_is_readable_and_shows_what_is_invisible() -> None:
    done = run("explain", "I will ki\u200bll you")
    shown = done.stdout.decode()
    for heading in ("Views", "Findings", "Stance", "Scores", "Rules", "Decision"):
        assert heading in shown
    assert "U+200B" in shown


def test_explain_counts_the_rules_for_which_nothing_was_found_and_puts_the_decision_first() -> None:
    shown = run("explain", "See you at the count").stdout.decode()
    assert shown.startswith("Decision  allow")
    assert shown.count("Nothing was found of the kind") == 1
    assert "threat-of-violence" not in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_explain_says_of_an_empty_text_that_there_is_nothing_to_read(text: str) -> None:
    done = run("explain", "--scorer", "none", text)
    assert done.stdout.decode().strip() == "There is nothing to read: the text is empty."


def test_explain_takes_several_words_as_one_text() -> None:
    several, one = run("explain", "--json", "I", "will", "k1ll", "you"), run("explain", "--json", "I will k1ll you")
    assert several.returncode == 0
    assert several.stdout == one.stdout


def test_what_explain_found_can_be_read_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = " ".join(run("explain", "I will k1ll you").stdout.decode().split())
    assert "threat: k1ll you at 7-15, read in leet" in shown
    assert "…" not in shown


def test_standard_input_that_is_no_utf_8_is_told_and_nothing_is_guessed() -> None:
    done = run("explain", "-", given="café".encode("latin-1"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == "Standard input is no UTF-8 (byte 4). Save the text as UTF-8.\n"
    assert "cafe" in run("explain", "-", "--scorer", "none", given="café".encode()).stdout.decode()


def test_a_model_beside_no_classifier_is_said_not_to_be_used(tmp_path: Path) -> None:
    done = run("explain", "--scorer", "none", "--model", str(tmp_path), "hello")
    assert done.returncode == 0
    assert f"--scorer none asks no classifier, so {tmp_path} is not used" in done.stderr.decode()
