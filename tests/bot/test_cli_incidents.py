"""`hustings incidents`: masked, filtered, streamed, and safe to open in a terminal and a spreadsheet."""

import asyncio
import csv
import gc
import io
import json
import stat
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from bot.classifiers.training.evaluate import labelled
from bot.cli_incidents import app
from bot.evidence.words import Kind
from bot.incident_rows import heading, table_row
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.store import open_record, open_store, open_to_read
from handlers.ports import IncidentFilter
from policies.acts import Verb
from policies.identifiers import IncidentId, MemberId, MessageId
from policies.surroundings import Nearby
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock
from tests.fakes.reading import SLUR, THREAT
from tests.fakes.world import DISCORD, SLACK, world_on

ODD = "=1+1 \u202e\x1b[31m \ud800"


async def _fill(folder: Path) -> None:
    async with open_store(folder, FrozenClock()) as store:
        world = world_on(store.evidence, store.incidents)
        event, _ = await world.says(DISCORD, f"{ODD} {SLUR}", author="=ann")
        await world.says(SLACK, f"{THREAT} you", author="bob")
        await world.edits(event, f"and {SLUR} again", before=f"{ODD} {SLUR}")
        await world.reports(event, f"{SLUR} is about me", reporter="rob-the-reporter")
        await world.presses(DISCORD, IncidentId("I-2026-000001"), Verb.NOT_ABUSE, reason="a play")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with a small story in it."""
    made = tmp_path_factory.mktemp("data")
    asyncio.run(_fill(made))
    return made


def run(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, [*arguments, "--data", str(folder)])
    assert result.exit_code == status, result.output
    return result


def ids(result: Result) -> list[str]:
    return [incident["id"] for incident in json.loads(result.stdout)]


def test_the_list_is_a_masked_table_newest_first(folder: Path) -> None:
    lines = run(folder, "list").stdout.splitlines()
    assert lines[0].split() == [
        "INCIDENT",
        "RECORDED",
        "(UTC)",
        "PLATFORM",
        "CHANNEL",
        "AUTHOR",
        "DECIDED",
        "STATE",
        "TEXT",
    ]
    assert [line.split()[0] for line in lines[1:]] == [f"I-2026-00000{n}" for n in (4, 3, 2, 1)]
    assert "not-abuse" in lines[4]
    assert "v•••••••••" in lines[4]
    assert SLUR not in "".join(lines)


@pytest.mark.parametrize("command", ["list", "export"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_text_is_masked_unless_asked_otherwise(command: str, form: str, folder: Path) -> None:
    assert SLUR not in run(folder, command, "--format", form).stdout
    assert SLUR in run(folder, command, "--format", form, "--unmask").stdout


def test_no_form_names_who_reported(folder: Path) -> None:
    for form in ("json", "csv", "table"):
        assert "rob-the-reporter" not in run(folder, "list", "--format", form, "--unmask").stdout
    assert "rob-the-reporter" not in run(folder, "show", "I-2026-000003", "--unmask").stdout


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["--platform", "slack"], [2]),
        (["--state", "not-abuse"], [1]),
        (["--state", "open", "--rule", "threats"], [2]),
        (["--category", "threat"], [2]),
        (["--action", "hide"], [3, 2, 1]),
        (["--outcome", "undone"], [1]),
        (["--outcome", "hide:done"], [3, 2, 1]),
        (["--author", "bob"], [2]),
        (["--channel", "#general", "--limit", "1"], [4]),
        (["--channel", "other"], []),
        (["--since", "2026-05-03"], [4, 3, 2, 1]),
        (["--since", "2026-05-03T12:01"], []),
        (["--until", "2026-05-03T12:00"], []),
        (["--since", "1m"], []),
        (["--limit", "0"], [4, 3, 2, 1]),
    ],
    ids=lambda value: " ".join(map(str, value)) or "none",
)
def test_filters_narrow_the_list(arguments: list[str], numbers: list[int], folder: Path) -> None:
    result = run(folder, "list", "--format", "json", *arguments)
    assert ids(result) == [f"I-2026-{number:06d}" for number in numbers]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "yesterday"], "write a date"),
        (["--outcome", "dne"], "Did you mean 'done'?"),
        (["--outcome", "hid:done"], "Did you mean 'hide'?"),
        (["--state", "shut"], "'open', 'upheld', 'not-abuse'"),
        (["--limit", "-1"], "greater than or equal to 0"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_with_a_sentence(arguments: list[str], said: str, folder: Path) -> None:
    assert said in " ".join(run(folder, "list", *arguments, status=2).output.replace("│", " ").split())


def test_csv_cells_are_no_formulas_and_nothing_in_them_is_obeyed(folder: Path) -> None:
    text = run(folder, "export", "--format", "csv", "--unmask").stdout
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    first = rows[-1]
    assert first["author"] == "'=ann"
    assert first["text"] == f"'=1+1 ⟦U+202E⟧⟦U+001B⟧[31m ⟦U+D800⟧ {SLUR}"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    assert first["outcomes"].endswith("hide: undone")
    assert first["decided_by"] == "Mod-priya"


def test_json_gives_the_very_text(folder: Path) -> None:
    first = json.loads(run(folder, "export", "--unmask").stdout)[-1]
    assert first["text"] == f"{ODD} {SLUR}"
    assert first["state"] == "not-abuse"
    assert [decision["reason"] for decision in first["decisions"]] == ["a play"]


def test_an_export_goes_to_a_file_of_its_owner_that_spreadsheets_know_as_utf_8(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    result = run(folder, "export", "--format", "csv", "--output", str(file))
    assert result.stdout == ""
    assert f"{file}: 4 incidents." in result.stderr
    assert file.read_bytes().startswith(b"\xef\xbb\xbfid,")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_export_that_cannot_be_written_says_so(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "export", "--output", str(tmp_path / "no" / "out.json"), status=2)
    assert "cannot be written: No such file or directory." in result.output


def test_one_incident_is_shown_for_a_person(folder: Path) -> None:
    shown = run(folder, "show", "i-2026-000001").stdout
    assert SLUR not in shown
    assert "The message was shown again" in shown
    assert "Mod-priya: not-abuse (a play)" in shown
    assert "Begun" not in shown
    looked = run(folder, "show", "I-2026-000003", "--unmask")
    assert looked.stderr.startswith("It is on record that ")
    assert looked.stderr.endswith(" looked at 1 incident, for triage.\n")
    unmasked = looked.stdout
    assert f"text       and {SLUR} again" in unmasked
    assert "before     =1+1 ⟦U+202E⟧⟦U+001B⟧[31m" in unmasked
    assert "\x1b" not in unmasked
    assert SLUR not in run(folder, "show", "I-2026-000003").stdout


def test_one_incident_is_shown_for_machines(folder: Path) -> None:
    assert json.loads(run(folder, "show", "I-2026-000002", "--json").stdout)["rules"] == ["threats"]


def test_an_unknown_incident_is_said_to_be_unknown(folder: Path) -> None:
    said = run(folder, "show", "X", status=1).output
    assert "There is no incident X. An id is written as in I-2026-000042." in said
    assert "An id is written" not in run(folder, "show", "I-2026-000999", status=1).output


def test_a_folder_without_a_record_is_said_to_have_none(tmp_path: Path) -> None:
    assert "There is no record at" in run(tmp_path, "list", status=2).output


def test_the_settings_name_the_folder_whatever_else_is_missing_in_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hustings.yaml").write_text(f"data: {folder}\ndiscord: {{server: '1'}}\n")
    result = CliRunner().invoke(app, ["list", "--format", "json"])
    assert len(ids(result)) == 4
    monkeypatch.setenv("HUSTINGS_DATA", str(tmp_path))
    assert "There is no record at" in CliRunner().invoke(app, ["list"]).output


def test_nothing_kept_is_an_empty_list(tmp_path: Path) -> None:
    async def made() -> None:
        async with open_store(tmp_path, FrozenClock()):
            pass

    asyncio.run(made())
    assert run(tmp_path, "list", "--format", "json").stdout == "[]\n"
    assert run(tmp_path, "list").stderr == "No incidents.\n"


def test_options_that_nothing_fits_are_told_from_a_record_without_incidents(folder: Path) -> None:
    for narrowing in (("--author", "nobody"), ("--channel", "nowhere")):
        listed = run(folder, "list", *narrowing)
        assert (listed.stdout, listed.exit_code) == ("", 0)
        assert listed.stderr.startswith("No incident fits all these options.")


def test_a_rule_that_decided_nothing_is_told_with_those_that_did(folder: Path) -> None:
    listed = run(folder, "list", "--rule", "no-such-rule")
    assert (listed.stdout, listed.exit_code) == ("", 0)
    assert listed.stderr.startswith("No incident was decided by a rule called 'no-such-rule'. ")
    assert "Use " in listed.stderr


def test_the_list_says_when_there_is_more(folder: Path) -> None:
    assert "The newest 2 are shown; --limit 0 shows all." in run(folder, "list", "--limit", "2").stderr


def test_an_export_takes_no_more_memory_for_more_incidents(tmp_path: Path) -> None:
    async def fill(count: int) -> Path:
        folder = tmp_path / str(count)
        async with open_store(folder, FrozenClock()) as store:
            await asyncio.gather(*(store.evidence.record(make.incident(number)) for number in range(count)))
        return folder

    def peak(folder: Path) -> int:
        gc.collect()
        gc.freeze()  # the less the collector has to look through, the less waits for it to be taken away
        tracemalloc.start()
        try:
            run(folder, "export", "--output", str(folder / "out.json"))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            gc.unfreeze()

    few, many = asyncio.run(fill(300)), asyncio.run(fill(1_500))
    run(few, "export", "--output", str(few / "warm.json"))
    assert peak(many) < 1.3 * peak(few)
    assert len(json.loads((many / "out.json").read_text())) == 1_500


def test_an_export_is_never_a_table(folder: Path) -> None:
    assert "'table' is not one of 'json'" in run(folder, "export", "--format", "table", status=2).output


def test_what_moderators_decided_can_calibrate_a_classifier(folder: Path, tmp_path: Path) -> None:
    refused = run(folder, "export", "--format", "outcomes", status=2)
    assert "Add --unmask --for training" in refused.stderr
    for_triage = run(folder, "export", "--format", "outcomes", "--unmask", status=2)
    assert "Add --unmask --for training" in for_triage.stderr
    file = tmp_path / "outcomes.jsonl"
    written = run(folder, "export", "--format", "outcomes", "--unmask", "--for", "training", "--output", str(file))
    assert written.stderr.endswith("outcomes.jsonl: 1 incident.\n")
    rows, wrong = labelled(file)  # as `hustings models calibrate` reads it
    assert ([(row.text, row.labels["abuse"]) for row in rows], wrong) == ([(f"{ODD} {SLUR}", 0.0)], [])


def test_outcomes_record_a_look_at_what_was_decided_alone_and_say_where_nothing_was(folder: Path) -> None:
    options = ("export", "--format", "outcomes", "--unmask", "--for", "training")
    assert "looked at 1 incident, for training" in run(folder, *options).stderr
    still_open = run(folder, *options, "--state", "open")
    assert still_open.stdout == ""
    assert still_open.stderr == (
        "No person has decided an incident that fits, so there is nothing to learn from. Uphold them or call them not"
        " abuse first.\n"
    )


def test_an_export_writes_over_nothing(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text("mine", encoding="utf-8")
    refused = run(folder, "export", "--output", str(file), status=2)
    assert "is there already, and was left as it is. Name a file that is not with --output." in refused.output
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_narrow_terminal_shows_the_state_and_the_text_on_two_lines(folder: Path) -> None:
    async def rows(width: int) -> list[str]:
        async with open_to_read(folder) as incidents:
            found = [incident async for incident in incidents.find(IncidentFilter(limit=1))]
        return [heading(width), *(table_row(incident, unmask=False, width=width) for incident in found)]

    narrow = "\n".join(asyncio.run(rows(80))).splitlines()
    assert len(narrow) == 4
    assert max(map(cell_len, narrow)) <= 80
    assert (narrow[0].split()[-1], narrow[1].split()) == ("STATE", ["DECIDED", "TEXT"])
    assert (narrow[2].split()[0], narrow[2].split()[-1]) == ("I-2026-000004", "open")
    assert ("v•••••••••" in narrow[3], SLUR in narrow[3]) == (True, False)
    wide = asyncio.run(rows(160))
    assert len(wide) == 2
    assert all("\n" not in row and cell_len(row) <= 160 for row in wide)


async def _fill_with_context(folder: Path) -> None:
    async with open_store(folder, FrozenClock()) as store:
        world = world_on(store.evidence, store.incidents)
        world.deps = replace(world.deps, context_messages=10)
        for number, text in enumerate(["see you at the count", "I will kill you, \x1b[31mBob"]):
            nearby = Nearby(
                message=MessageId(f"m-{number}"),
                author=MemberId("bob"),
                author_name="Bob",
                text=text,
                at=world.clock.now(),
                files=("plan.pdf",) if number else (),
            )
            world.discord.said.append(nearby)
        await world.says(DISCORD, f"you {SLUR}")


def test_context_is_shown_masked_and_only_after_the_view_is_on_record(tmp_path: Path) -> None:
    asyncio.run(_fill_with_context(tmp_path))
    name = "I-2026-000001"
    assert "count" not in run(tmp_path, "show", name).stdout
    assert len(_views(tmp_path)) == 0
    lines = run(tmp_path, "show", name, "--context").stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("around"))
    assert lines[start:] == [
        "around     as it stood at 2026-05-03 12:00 UTC",
        "           12:00:00 Bob: see you at the count",
        "           12:00:00 Bob: I will k••• y••, [31mBob [files: plan.pdf]",
        "           -- here --",
    ]
    assert len(_views(tmp_path)) == 1
    told = json.loads(run(tmp_path, "show", name, "--context", "--unmask", "--json").stdout)["context"]
    assert told["before"][1]["text"] == "I will kill you, \x1b[31mBob"
    assert told["after"] == []
    assert len(_views(tmp_path)) == 2


def test_where_no_context_is_kept_the_page_says_so(folder: Path) -> None:
    assert "nothing is kept of what was said around" in run(folder, "show", "I-2026-000001", "--context").stdout


def _views(folder: Path) -> list[int]:
    async def seqs() -> list[int]:
        async with open_record(folder, FrozenClock()) as record:
            return await record.reader.read(
                lambda db: [leaf.seq for leaf in leaves(db) if leaf.kind is Kind.EVIDENCE_VIEWED]
            )

    return asyncio.run(seqs())


def test_with_a_register_only_officers_who_may_see_cases_see_words_unmasked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("ida, name: Ida, offices: [intake], logins: [ida.n]", "otto, name: Otto, offices: [operator]")
    (tmp_path / "people.yaml").write_text("officers:\n" + "".join(f"  - {{id: {line}}}\n" for line in lines))
    monkeypatch.setenv("CASEWORK_PEOPLE", str(tmp_path / "people.yaml"))
    for login, why in (("otto", "otto runs the server"), ("eve", "eve is none of the officers")):
        monkeypatch.setattr("bot.cli_incidents.getuser", lambda login=login: login)
        refused = run(folder, "show", "I-2026-000003", "--unmask", status=2)
        assert why in refused.output
        assert SLUR not in refused.output
        assert "I-2026-000003" in run(folder, "show", "I-2026-000003").stdout
    monkeypatch.setattr("bot.cli_incidents.getuser", lambda: "ida.n")
    assert SLUR in run(folder, "show", "I-2026-000003", "--unmask").stdout
