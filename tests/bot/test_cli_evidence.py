"""`hustings evidence`: what a steward types, what they read, and the status it ends with."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_evidence import app
from bot.cli_incidents import app as incidents
from bot.evidence.words import Kind
from bot.store.sqlite.connection import ENGINE
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.store import FILE, open_store
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock

ONE = "I-2026-000001"


async def _fill(folder: Path, first: int = 0, count: int = 5) -> None:
    async with open_store(folder, FrozenClock()) as store:
        for number in range(first, first + count):
            await store.evidence.record(make.incident(number, to_do=(), event=make.posted(number, text="marmalade")))


async def _kinds(folder: Path) -> list[Kind]:
    async with open_store(folder, FrozenClock()) as store:
        return await store.writer.read(lambda db: [leaf.kind for leaf in leaves(db)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a data folder with five incidents."""
    asyncio.run(_fill(tmp_path / "data"))
    return tmp_path / "data"


def run(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, [*arguments, "--data", str(folder)])
    assert result.exit_code == status, result.output
    return result


def show(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(incidents, [*arguments, "--data", str(folder)])
    assert result.exit_code == status, result.output
    return result


def test_a_whole_record_is_verified(folder: Path) -> None:
    assert "5 records: all as they were written." in run(folder, "verify").stdout


def test_verification_names_the_first_changed_record_and_ends_with_status_1(folder: Path) -> None:
    with closing(ENGINE.connect(str(folder / FILE), isolation_level=None)) as database:
        database.execute("DROP TRIGGER log_no_update")
        database.execute("UPDATE log SET leaf = CAST(replace(leaf, 'hide', 'mute') AS BLOB) WHERE seq = 3")
    assert "Record 3: was changed" in run(folder, "verify", status=1).stderr


def test_a_kept_checkpoint_is_continued_or_shows_a_split_view(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(run(folder, "checkpoint").stdout, "utf-8")
    asyncio.run(_fill(folder, first=10))
    assert "continues the checkpoint" in run(folder, "verify", "--against", str(kept)).stdout
    kept.write_text(run(folder, "checkpoint").stdout, "utf-8")
    with closing(ENGINE.connect(str(folder / FILE), isolation_level=None)) as database:
        for table in ("log", "node"):
            database.execute(f"DROP TRIGGER {table}_no_delete")
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("DELETE FROM log WHERE seq > 7")
    assert "SPLIT VIEW" in run(folder, "verify", "--against", str(kept), status=1).stderr


def test_a_checkpoint_of_another_log_is_refused(folder: Path, tmp_path: Path) -> None:
    asyncio.run(_fill(tmp_path / "other"))
    kept = tmp_path / "checkpoint"
    kept.write_text(run(tmp_path / "other", "checkpoint").stdout, "utf-8")
    assert "of another log" in run(folder, "verify", "--against", str(kept), status=2).stderr


def test_text_is_shown_only_after_the_view_is_on_record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "marmalade" in show(folder, "show", ONE, "--unmask", "--for", "audit").stdout
    assert asyncio.run(_kinds(folder))[-1] is Kind.EVIDENCE_VIEWED
    with monkeypatch.context() as patched:
        patched.setattr("bot.store.sqlite.stewardship.append", _full)
        for command in (("show", ONE), ("list",), ("export",)):
            failed = show(folder, *command, "--unmask", status=2)
            assert "marmalade" not in failed.output
            assert "disk full" in failed.stderr
    assert asyncio.run(_kinds(folder)).count(Kind.EVIDENCE_VIEWED) == 1


def test_each_incident_of_an_unmasked_list_is_a_view_and_masked_ones_are_none(folder: Path) -> None:
    show(folder, "list")
    show(folder, "export")
    assert Kind.EVIDENCE_VIEWED not in asyncio.run(_kinds(folder))
    show(folder, "list", "--unmask", "--limit", "3")
    assert asyncio.run(_kinds(folder)).count(Kind.EVIDENCE_VIEWED) == 3


def test_two_people_erase_and_what_is_left_says_so(folder: Path) -> None:
    run(folder, "erase", ONE, "--by", "ada")
    assert "somebody else has to agree" in run(folder, "erase", ONE, "--confirm", "--by", "ada", status=2).stderr
    assert "record 7 says so" in run(folder, "erase", ONE, "--confirm", "--by", "ben").stdout
    assert "was erased; record 7" in show(folder, "show", ONE, status=1).stderr
    assert "1 of them erased" in run(folder, "verify").stdout


def test_two_people_hold_and_the_list_says_until_when(folder: Path) -> None:
    run(folder, "hold", "request", ONE, "--by", "ada", "--reason", "for-police")
    run(folder, "hold", "place", ONE, "--by", "ben", "--review-days", "90")
    assert f"{ONE}  held since" in run(folder, "hold", "list").stdout
    assert "under a legal hold" in run(folder, "erase", ONE, "--by", "ada", status=2).stderr
    run(folder, "hold", "review", ONE, "--by", "ada", "--review-days", "10")
    assert "Nobody has asked for the hold" in run(folder, "hold", "lift", ONE, "--by", "ada", status=2).stderr
    asked = run(folder, "hold", "request-lift", ONE, "--by", "ada").stdout
    assert f"{ONE} stays held; the request expires on " in asked
    assert f"Somebody else now runs: hustings evidence hold lift {ONE}" in asked
    assert "a second person may lift it until" in run(folder, "hold", "list").stdout
    assert "somebody else has to agree" in run(folder, "hold", "lift", ONE, "--by", "ada", status=2).stderr
    run(folder, "hold", "lift", ONE, "--by", "ben")
    assert run(folder, "hold", "list").stdout == ""


def test_a_copy_is_made_and_put_back(folder: Path, tmp_path: Path) -> None:
    made = run(folder, "backup", str(tmp_path / "copies")).stdout
    assert "5 records, verified" in made
    (copy,) = (tmp_path / "copies").iterdir()
    (folder / FILE).write_bytes(b"")
    assert f"such as {copy}." in run(folder, "restore", str(tmp_path / "copies"), status=2).stderr
    assert "put back and verified" in run(folder, "restore", str(copy)).stdout
    assert "marmalade" in show(folder, "show", ONE, "--unmask").stdout


def test_a_hold_wants_to_know_on_what(folder: Path) -> None:
    for step in ("request", "place", "review", "request-lift", "lift"):
        assert f"hustings evidence hold {step} I-2026-000042" in run(folder, "hold", step, status=2).stderr
    assert run(folder, "hold", "list").stdout == ""


def test_the_schedule_is_a_dry_run_unless_told_otherwise(folder: Path) -> None:
    assert "would be erased" in run(folder, "retention").stderr
    assert Kind.RETENTION_APPLIED not in asyncio.run(_kinds(folder))
    run(folder, "retention", "--apply")
    assert asyncio.run(_kinds(folder))[-1] is Kind.RETENTION_APPLIED


def test_keys_are_shown_rotated_and_rewrapped(folder: Path) -> None:
    before = run(folder, "keys", "show").stdout.splitlines()
    run(folder, "keys", "rotate")
    run(folder, "keys", "rewrap")
    after = run(folder, "keys", "show").stdout.splitlines()
    assert (len(before), len(after)) == (1, 2)
    assert "all as they were written" in run(folder, "verify").stdout


@pytest.mark.parametrize("command", [("verify",), ("checkpoint",), ("hold", "list"), ("retention",), ("keys", "show")])
def test_a_folder_without_a_record_is_said_to_have_none(command: tuple[str, ...], tmp_path: Path) -> None:
    assert "There is no record" in run(tmp_path / "none", *command, status=2).stderr
    assert not (tmp_path / "none").exists()


def test_where_the_settings_name_no_record_the_demos_is_offered(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder.rename(tmp_path / "demo-data")
    for command, words in ((app, ["verify"]), (incidents, ["list"])):
        result = CliRunner().invoke(command, words)
        assert (result.exit_code, "The demo's record is shown with --data demo-data." in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("evidence: ada", "hustings.yaml:1: evidence is a section.", id="section-that-is-a-word"),
        pytest.param("evidence: [1\nb: : :", "this is not YAML", id="broken-yaml"),
        pytest.param("data: [x]", "hustings.yaml:1: data is one text", id="folder-that-is-a-list"),
        pytest.param("evidence:\n  quorum: x", "hustings.yaml:2: evidence.quorum: input should be", id="no-number"),
    ],
)
def test_settings_that_cannot_be_read_are_told_and_not_passed_over(
    text: str, said: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hustings.yaml").write_text(text)
    assert said in run(folder, "erase", ONE, "--by", "mallory", status=2).stderr
    assert said in CliRunner().invoke(incidents, ["list"]).stderr


def test_a_folder_that_the_system_does_not_open_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_DATA", "x" * 300)
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["verify"]).stderr
    assert said.endswith("File name too long. Check the name and the rights.\n")


def test_what_the_second_person_is_told_to_type_names_the_same_folder(folder: Path) -> None:
    for command in (("erase", ONE), ("hold", "request", ONE)):
        assert run(folder, *command).stdout.rstrip().endswith(f" --data {folder}")


def test_a_file_that_is_no_checkpoint_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    for command in (("verify", "--against"), ("checkpoint", "--for-witness"), ("cosign",)):
        assert "letter.txt holds no checkpoint" in run(folder, *command, str(tmp_path / "letter.txt"), status=2).stderr


def test_nothing_held_and_no_statements_are_said(folder: Path) -> None:
    assert run(folder, "hold", "list").stderr == "Nothing is held.\n"
    assert "was never changed" in run(folder, "keys", "statements").stderr


def _full(*_: object) -> None:
    raise OSError("disk full")


def test_with_a_list_of_people_the_second_is_another_person_in_another_role(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIDENCE_PEOPLE", "ada/ada.brown:admin,ben:admin,cy:auditor")
    assert "is not one of the people" in run(folder, "erase", ONE, "--by", "dan", status=2).stderr
    run(folder, "erase", ONE, "--by", "ada")
    confirm = ("erase", ONE, "--confirm", "--by")
    assert "ada has asked for this" in run(folder, *confirm, "ada.brown", status=2).stderr
    assert "Somebody in another role has to agree" in run(folder, *confirm, "ben", status=2).stderr
    assert "record 7 says so" in run(folder, *confirm, "cy").stdout


REGISTER = """
officers:
  - {id: ada, name: Ada, offices: [admin], logins: [ada.brown]}
  - {id: ben, name: Ben, offices: [admin]}
  - {id: cy, name: Cy, offices: [decider, reviewer]}
  - {id: dot, name: Dot, offices: [auditor]}
"""


def test_with_a_register_the_second_is_another_officer_in_another_office(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "people.yaml").write_text(REGISTER)
    monkeypatch.setenv("CASEWORK_PEOPLE", str(tmp_path / "people.yaml"))
    monkeypatch.setenv("EVIDENCE_PEOPLE", "dan:admin")
    assert "dan is none of the officers" in run(folder, "erase", ONE, "--by", "dan", status=2).stderr
    assert "an auditor reads and does nothing else" in run(folder, "erase", ONE, "--by", "dot", status=2).stderr
    run(folder, "erase", ONE, "--by", "ada.brown")
    confirm = ("erase", ONE, "--confirm", "--by")
    assert "ada has asked for this" in run(folder, *confirm, "ada", status=2).stderr
    assert "Somebody in another role has to agree" in run(folder, *confirm, "ben", status=2).stderr
    assert "Say in which you act, such as --by cy:decider" in run(folder, *confirm, "cy", status=2).stderr
    assert "cy is not admin" in run(folder, *confirm, "cy:admin", status=2).stderr
    assert "says so" in run(folder, *confirm, "cy:decider").stdout


def test_a_register_with_mistakes_lets_nobody_act(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "people.yaml").write_text(REGISTER.replace("[admin]", "[amdin]"))
    monkeypatch.setenv("CASEWORK_PEOPLE", str(tmp_path / "people.yaml"))
    told = run(folder, "erase", ONE, "--by", "cy:decider", status=2).stderr
    assert told.count("unknown office 'amdin'. Did you mean 'admin'?") == 2


def test_the_key_files_can_lie_outside_the_data_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "stick"
    (folder / "keys").rename(away)
    assert "The keys cannot be used" in run(folder, "verify", status=2).stderr
    for command in (("verify",), ("checkpoint",), ("keys", "rotate"), ("hold", "list"), ("keys", "rewrap")):
        run(folder, *command, "--keys", str(away))
    run(folder, "backup", str(tmp_path / "copies"), "--keys", str(away))
    (copy,) = (tmp_path / "copies").iterdir()
    run(folder, "restore", str(copy), "--keys", str(away))
    assert not (folder / "keys").exists()
    monkeypatch.setenv("HUSTINGS_DATA", str(folder))
    monkeypatch.setenv("EVIDENCE_KEYS", str(away))
    assert "all as they were written" in CliRunner().invoke(app, ["verify"]).stdout
    assert "marmalade" in CliRunner().invoke(incidents, ["show", ONE, "--unmask"]).stdout
