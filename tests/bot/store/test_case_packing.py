"""The pack of a case: its records with those of its incidents, and never who asked not to be named."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.evidence.packs.contents import Choice
from bot.evidence.packs.parts import USUAL, WITHIN, Part
from bot.evidence.words import Code, Kind
from bot.store.sqlite.packing import Packing
from bot.store.sqlite.stewardship import Refused
from bot.store.sqlite.store import Store, open_store
from handlers.errors import UnknownIncident
from policies.acts import Verb
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.words import ConflictKind
from policies.identifiers import MemberId
from tests.bot.evidence.packs.test_verify_script import KEY, flip_all, flip_and_reseal_all
from tests.bot.store.test_cases import CONTENT, verified, walked
from tests.fakes import cases as make
from tests.fakes import incidents, packs
from tests.fakes.clock import FrozenClock
from tests.fakes.packs import ADA, BEN, tools, verify, with_tools, written

CASE, INCIDENT = "C-2026-000001", "I-2026-000001"
NOBODY = (b"bert", b"discord-bert-1")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give a store with a case that somebody looked at and somebody else tried to have a say in."""
    async with open_store(tmp_path / "data", FrozenClock()) as opened:
        case = await walked(opened)
        case = await opened.cases.append(
            case.id,
            make.happened(e.ContactLogged(who="the chair", how="a call", words="drop it"), make.INTAKE),
            make.happened(
                e.ConflictNoted(officer="ian", kind=ConflictKind.IS_REPORTER, words="it was me"), make.INTAKE
            ),
            version=case.version,
        )
        await opened.cases.note_view(case.id, make.DECIDER)
        # The same member reported the message to the moderators, under their name.
        again = incidents.act("again", Verb.REPORT, on=case.incidents[0], reason="look")
        await opened.evidence.append_act(replace(again, actor=replace(again.actor, id=MemberId("bert"), name="Bertie")))
        yield opened


async def whole(store: Store) -> Case:
    found = [case async for case in store.cases.all()]
    return found[0]


def rows(pack: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pack[f"data/{name}"].decode())))


async def test_a_case_is_packed_with_all_its_records_and_those_of_its_incidents(store: Store) -> None:
    pack = await packs.files(store, CASE, key=KEY)
    told = [(row["incident"], row["kind"]) for row in rows(pack, "timeline.csv")]
    assert {kind for name, kind in told if name == INCIDENT} >= {"incident.recorded", "act.recorded"}
    history = [kind for name, kind in told if name == CASE]
    assert history[0] == "case.opened"
    assert history.count("case.moved") == 3
    assert {"report.joined", "decision.made", "appeal.decided", "evidence.viewed", "evidence.exported"} <= set(history)
    assert {f"data/records/{row['record']}.json" for row in rows(pack, "timeline.csv")} == {
        name for name in pack if name.startswith("data/records/")
    }
    custody = [(row["kind"], row["role"]) for row in rows(pack, "custody.csv") if row["incident"] == CASE]
    assert ("evidence.viewed", "decider") in custody
    assert ("contact.logged", "intake") in custody
    assert CONTENT in [content for name, content in pack.items() if name.startswith("data/attachments/")]
    assert (await verified(store)).broken is None


async def test_the_history_of_a_case_is_told_masked_and_its_words_lie_in_openings(store: Store) -> None:
    pack = await packs.files(store, CASE, key=KEY)
    page = pack["data/report.html"].decode()
    assert "the words are on record" in page
    assert "somebody decided a case (" in page
    assert "marmalade" not in page
    assert "m•••" in page
    assert any(b"marmalade" in content for name, content in pack.items() if name.startswith("data/openings/"))
    open_page = (await packs.files(store, CASE, key=KEY, show_text=True))["data/report.html"].decode()
    assert "marmalade is a fruit" in open_page
    views = [view.actor for view in await store.cases.views((await whole(store)).id)]
    assert len(views) == 2  # the decider's, and the one that unmasked words are


async def test_whoever_asked_not_to_be_named_is_in_no_file_whatever_was_chosen(store: Store) -> None:
    case = await whole(store)
    (report,) = (one.what.report for one in case.of(e.ReportJoined) if isinstance(one.what, e.ReportJoined))
    person = str(report.new.reporter).encode()
    for names in ((CASE,), (INCIDENT,)):
        pack = await packs.files(store, *names, key=KEY)
        told = [
            (path, word)
            for path, content in pack.items()
            for word in (*NOBODY, b"Bertie", person)
            if word.lower() in content.lower()
        ]
        assert told == []
        held = [(row["field"], row["why"]) for row in rows(pack, "redactions.csv") if row["part"] == "reporter"]
        assert ("author", "whoever reported asked not to be named") in held
        assert (("reporter", "whoever reported asked not to be named") in held) is (names == (CASE,))


async def test_a_reporter_who_may_be_named_is_named_only_if_somebody_chose_so(store: Store) -> None:
    carl = make.account("carl-4711")
    new = make.new_report("k-carl", reporter=await store.cases.person(carl), reporter_account=carl)
    report, _ = await store.cases.new_report(new)
    await store.cases.open(make.opening(), make.happened(e.ReportJoined(report=report)))
    chosen = await packs.files(store, "C-2026-000002", key=KEY)
    usual = await packs.files(store, "C-2026-000002", key=KEY, parts=WITHIN)
    assert any(b"carl-4711" in content for content in chosen.values())
    assert [path for path, content in usual.items() if b"carl-4711" in content] == []


async def test_why_somebody_stands_aside_is_never_told(store: Store) -> None:
    pack = await packs.files(store, CASE, key=KEY)
    assert [path for path, content in pack.items() if b"it was me" in content or b"is-reporter" in content] == []
    why = {row["why"] for row in rows(pack, "redactions.csv") if row["field"] == "note"}
    assert "why somebody stands aside is for the auditor alone" in why


async def test_the_statements_of_reasons_are_data_and_name_no_officer(store: Store) -> None:
    pack = await packs.files(store, CASE, key=KEY, parts=USUAL)
    found = {name: json.loads(content) for name, content in pack.items() if name.startswith("data/decisions/")}
    assert [said["verdict"] for said in found.values()] == ["case-upheld", "decision-stands"]
    first = next(iter(found.values()))
    assert first["decision_facts"] == "the words are on record"
    assert first["policy"]["sha256"] == "ab" * 32
    assert [sanction["kind"] for sanction in first["sanctions"]] == ["sanction-warning"]
    assert f"data/records/{first['record']}.json" in pack
    assert [name for name, content in pack.items() if re.search(rb"\b(dora|abel)\b", content)] == []
    without = await packs.files(store, CASE, key=KEY, parts=USUAL - {Part.REASON})
    assert [name for name in without if "decisions" in name] == []
    assert [name for name, content in without.items() if b"the words are on record" in content] == []


async def test_two_people_agree_to_a_case_as_it_stood_when_it_was_asked_for(store: Store) -> None:
    packing = Packing(store.writer, store.ledger)
    choice = Choice(incidents=(), cases=(CASE,), basis=Code.BASIS_CONSENT)
    with pytest.raises(UnknownIncident, match="no case C-2026-000009"):
        await packing.request(replace(choice, cases=("C-2026-000009",)), ADA)
    await packing.request(choice, ADA)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await packing.agree([CASE], ADA)
    with pytest.raises(Refused, match=f"a pack of {CASE}"):
        await packing.agree([INCIDENT], BEN)
    agreed = await packing.agree([CASE], BEN)
    assert agreed.choice.all == (CASE, INCIDENT)
    await packing.request(choice, ADA)
    second = (await store.evidence.record(incidents.incident(2))).incident
    case = await whole(store)
    await store.cases.append(
        case.id, make.happened(e.IncidentLinked(incident=second), make.INTAKE), version=case.version
    )
    with pytest.raises(Refused, match="An incident was linked"):
        await packing.agree([CASE], BEN)


@with_tools
async def test_a_stranger_verifies_the_pack_of_a_case_and_every_flipped_bit_is_found(
    store: Store, tmp_path: Path
) -> None:
    pack = await packs.files(store, CASE, key=KEY)
    assert Kind.CASE_OPENED.value in pack["data/timeline.csv"].decode()
    path = tools(tmp_path / "bin")
    folder = written(pack, tmp_path / "pack")
    found = verify(folder, path)
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert "1 of them files that came with messages or reports" in found.stdout
    flip_all(pack, folder, path, most=1)
    (folder / "data" / "decisions" / f"{CASE}.999.json").write_text("{}")
    assert verify(folder, path).returncode != 0


@with_tools
async def test_a_flipped_bit_of_each_kind_of_evidence_in_a_case_is_found_though_the_pack_is_signed_anew(
    store: Store, tmp_path: Path
) -> None:
    flip_and_reseal_all(await packs.files(store, CASE, key=KEY), tmp_path, tools(tmp_path / "bin"), most=1)


@with_tools
@pytest.mark.full
async def test_a_flipped_bit_anywhere_in_the_pack_of_a_case_is_found(store: Store, tmp_path: Path) -> None:
    """Every bit of the signature, and many of each other file."""
    pack = await packs.files(store, CASE, key=KEY)
    flip_all(pack, written(pack, tmp_path / "pack"), tools(tmp_path / "bin"), most=20)


@with_tools
@pytest.mark.full
async def test_many_flipped_bits_in_the_evidence_of_a_case_are_found_though_the_pack_is_signed_anew(
    store: Store, tmp_path: Path
) -> None:
    flip_and_reseal_all(await packs.files(store, CASE, key=KEY), tmp_path, tools(tmp_path / "bin"), most=6)
