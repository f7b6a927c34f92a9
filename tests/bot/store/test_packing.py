"""What goes into a pack: agreed by two people and on record first, and nothing of what is withheld."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bot.evidence.cosignatures import WitnessPolicy
from bot.evidence.leaves import opens, parse_leaf
from bot.evidence.notes import KeyUse, Note, SigningKey
from bot.evidence.packs.bag import SIGNATURE, TAG_MANIFEST
from bot.evidence.packs.contents import Choice
from bot.evidence.packs.layout import value_path
from bot.evidence.packs.parts import EVERY, USUAL, Part, part_of, usual
from bot.evidence.packs.referral import Ground, PerceivedBy, PossibleOffence, Referral, Target
from bot.evidence.packs.sshsig import PackKey, verifies
from bot.evidence.proofs import ConsistencyProof, InclusionProof
from bot.evidence.words import Code, Kind
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.packing import Packing
from bot.store.sqlite.retention import Schedule
from bot.store.sqlite.signing import chain
from bot.store.sqlite.stewardship import Refused
from bot.store.sqlite.store import Store, open_store
from bot.store.sqlite.verify import verify
from handlers.errors import EvidenceUnavailable, UnknownIncident
from policies.identifiers import IncidentId
from tests.fakes import packs
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.packs import ADA, AROUND, BEN, FILE, ONE, REPORTER, TEXT, TWO

KEY = PackKey.new()
CHOICE = Choice(incidents=(ONE,), basis=Code.BASIS_CONSENT)
AUTHOR = (b"Pat Postwright", b"patp", b"author-4711")
MODERATOR = (b'"mod"', b"Mod of the day", ADA.name.encode(), BEN.name.encode())


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give a store with two incidents, one found and one reported."""
    async with open_store(tmp_path, FrozenClock()) as opened:
        await packs.fill(opened)
        await packs.surround(opened)
        yield opened


async def kinds(store: Store) -> list[Kind]:
    return await store.writer.read(lambda db: [leaf.kind for leaf in leaves(db)])


async def test_the_same_person_cannot_ask_and_agree(store: Store) -> None:
    packing = Packing(store.writer, store.ledger)
    with pytest.raises(Refused, match="Nobody has asked"):
        await packing.agree([ONE], BEN)
    await packing.request(CHOICE, ADA)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await packing.agree([ONE], ADA)
    agreed = await packing.agree([ONE], BEN)
    assert agreed.choice == CHOICE
    with pytest.raises(Refused, match="Nobody has asked"):
        await packing.agree([ONE], BEN)


async def test_what_is_agreed_to_is_exactly_what_was_asked_for(store: Store) -> None:
    form = Referral(
        grounds=(Ground.RELIGION,),
        perceived_by=PerceivedBy.OTHER,
        targets=(Target.CANDIDATE,),
        offences=(PossibleOffence.PUBLIC_ORDER,),
    )
    asked = replace(
        CHOICE,
        incidents=(TWO, ONE),
        parts=frozenset({Part.TEXT}),
        show_text=True,
        purpose=Code.PURPOSE_APPEAL,
        referral=form,
    )
    packing = Packing(store.writer, store.ledger)
    await packing.request(asked, ADA)
    with pytest.raises(Refused, match=f"a pack of {TWO} {ONE}"):
        await packing.agree([ONE], BEN)
    assert (await packing.agree([ONE, TWO], BEN)).choice == asked


async def test_the_export_is_on_record_before_anything_is_gathered_and_in_the_pack(store: Store) -> None:
    made = await packs.files(store, ONE, key=KEY)
    assert (await kinds(store))[-2:] == [Kind.EXPORT_REQUESTED, Kind.EVIDENCE_EXPORTED]
    custody = made["data/custody.csv"].decode()
    assert "evidence.exported" in custody
    assert "basis-crime-report for-pack" in custody
    found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, store.folder))
    assert found.broken is None


async def test_a_report_with_the_words_in_it_is_a_view_and_a_masked_one_is_none(store: Store) -> None:
    masked = await packs.files(store, ONE, key=KEY)
    assert Kind.EVIDENCE_VIEWED not in await kinds(store)
    assert TEXT.encode() not in masked["data/report.html"]
    assert "m••••".encode() in masked["data/report.html"]
    shown = await packs.files(store, ONE, key=KEY, show_text=True, purpose=Code.PURPOSE_APPEAL)
    assert (await kinds(store))[-2:] == [Kind.EVIDENCE_VIEWED, Kind.EVIDENCE_EXPORTED]
    assert TEXT.encode() in shown["data/report.html"]
    assert "for-appeal" in shown["data/custody.csv"].decode()


async def test_nothing_leaves_if_it_cannot_be_recorded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def _full(*_: object) -> None:
        raise OSError("disk full")

    packing = Packing(store.writer, store.ledger)
    await packing.request(CHOICE, ADA)
    monkeypatch.setattr("bot.store.sqlite.packing.append", _full)
    with pytest.raises(EvidenceUnavailable, match="disk full"):
        await packing.agree([ONE], BEN)
    assert Kind.EVIDENCE_EXPORTED not in await kinds(store)


async def test_every_record_is_proven_and_every_disclosed_value_is_the_one_committed_to(store: Store) -> None:
    made = await packs.files(store, ONE, TWO, key=KEY)
    keys = await store.writer.read(lambda db: chain(db, store.keys))
    checked = 0
    for path, content in made.items():
        if path.startswith("data/records/"):
            proof = InclusionProof.parse(made[path.replace("records", "log").replace(".json", ".tlog-proof")])
            proof.verify(content, keys, WitnessPolicy())
        if path.endswith(".salt.hex"):
            seq, field = path.removeprefix("data/openings/").removesuffix(".salt.hex").split(".", 1)
            leaf = parse_leaf(made[f"data/records/{seq}.json"])
            value = made[f"data/{value_path(int(seq), field)}"]
            assert opens(leaf.commit[field], bytes.fromhex(content.decode()), value)
            checked += 1
    assert checked > 15
    assert verifies(made[SIGNATURE], made[TAG_MANIFEST], KEY.public)


@pytest.mark.parametrize(
    ("withheld", "secret"),
    [
        pytest.param({Part.TEXT}, [TEXT.encode(), "m••••".encode(), b"they wrote marma"], id="text"),
        pytest.param({Part.AUTHOR}, AUTHOR, id="author"),
        pytest.param({Part.MESSAGE}, [b"general-id", b"m-1", b"chat.example"], id="message"),
        pytest.param({Part.REPORTER}, [REPORTER.encode()], id="reporter"),
        pytest.param({Part.REPORT_REASON}, [b"it is about me", b"me too"], id="report-reason"),
        pytest.param({Part.HANDLER}, MODERATOR, id="handler"),
        pytest.param({Part.REASON}, [b"they wrote"], id="reason"),
        pytest.param({Part.ANSWERED}, [b"what came before"], id="answered"),
        pytest.param({Part.DETAILS}, [b"A sentence.", b"leaflet.pdf", b"Be civil"], id="details"),
        pytest.param({Part.ATTACHMENTS}, [b"leaflet", FILE, sha256(FILE).hexdigest().encode()], id="attachments"),
        pytest.param({Part.CONTEXT}, [AROUND[0].encode(), b"no m\xe2\x80\xa2", b"nora-4812", b"Nora"], id="context"),
        pytest.param(
            set(EVERY), [TEXT.encode(), *AUTHOR, REPORTER.encode(), b"general", FILE, b"Nora"], id="everything"
        ),
    ],
)
async def test_nothing_in_the_pack_tells_what_is_withheld(
    store: Store, withheld: set[Part], secret: list[bytes]
) -> None:
    whole = await packs.files(store, ONE, TWO, key=KEY)
    everything = b"\n".join(whole.values())
    assert any(word in everything for word in secret)
    made = await packs.files(store, ONE, TWO, key=KEY, parts=EVERY - withheld)
    told = [(path, word) for path, content in made.items() for word in secret if word in content]
    assert told == []
    before = {path for path in whole if path.startswith("data/openings")}
    after = {path for path in made if path.startswith("data/openings")}
    assert not {path for path in before - after if path.endswith(".salt.hex") and path in made}
    assert json.loads(made["data/records/1.json"])["commit"].keys() >= {"text", "author"}


async def test_who_reported_and_who_dealt_with_it_is_withheld_unless_somebody_chooses_otherwise(store: Store) -> None:
    made = await packs.files(store, ONE, TWO, key=KEY, parts=USUAL)
    for word in (REPORTER.encode(), b"it is about me", *MODERATOR):
        assert not [path for path, content in made.items() if word in content], word
    assert TEXT.encode() in made["data/openings/1.text"]
    assert "not chosen" in made["data/redactions.csv"].decode()


async def test_an_erased_incident_shows_when_and_why_and_nothing_else(store: Store) -> None:
    steward = store.stewardship
    await steward.request_erasure(IncidentId(ONE), ADA, Code.ERASED_ON_REQUEST)
    await steward.erase(IncidentId(ONE), BEN)
    made = await packs.files(store, ONE, key=KEY)
    report = made["data/report.html"].decode()
    assert "Erased on" in report
    assert "on request" in report
    assert not [path for path, content in made.items() for word in (TEXT.encode(), *AUTHOR) if word in content]
    assert "erased" in made["data/redactions.csv"].decode()


async def test_files_are_there_as_they_were_delivered_and_listed_by_size_and_hash(store: Store) -> None:
    made = await packs.files(store, ONE, key=KEY)
    (path,) = [path for path in made if path.startswith("data/attachments/")]
    assert made[path] == FILE
    seq = path.split("/")[-1].split(".")[0]
    leaf = parse_leaf(made[f"data/records/{seq}.json"])
    salt = bytes.fromhex(made[f"data/openings/{seq}.attachment.1.salt.hex"].decode())
    assert opens(leaf.commit["attachment.1"], salt, FILE)
    report = made["data/report.html"].decode()
    assert f"{len(FILE)} bytes, SHA-256 {sha256(FILE).hexdigest()}" in report
    assert "file 2: there is no copy (gone): It is not there any more." in report
    assert FILE.decode() not in report


async def test_a_file_that_is_damaged_or_lost_is_said_to_be_and_the_rest_is_packed(store: Store) -> None:
    (file,) = (store.folder / "attachments").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    for why in ("damaged", "missing"):
        made = await packs.files(store, ONE, key=KEY)
        assert f"not disclosed (its file is {why})" in made["data/report.html"].decode()
        assert not [path for path in made if path.startswith("data/attachments/")]
        assert f"attachments,its file is {why}" in made["data/redactions.csv"].decode()
        file.unlink(missing_ok=True)


async def test_what_was_said_around_is_masked_and_stays_inside_unless_somebody_chooses_otherwise(store: Store) -> None:
    inside = await packs.files(store, ONE, key=KEY, parts=usual(Code.BASIS_WITHIN_BODY))
    report = inside["data/report.html"].decode()
    assert f"before, 2026-05-03 12:00:00 UTC, Nora Near: {AROUND[0]}" in report
    assert "after, 2026-05-03 12:00:00 UTC, Nora Near: no m•••••••• for them" in report
    assert AROUND[1] not in report
    for basis in (Code.BASIS_CONSENT, Code.BASIS_LEGAL_CLAIM, Code.BASIS_CRIME_REPORT):
        made = await packs.files(store, ONE, key=KEY, parts=usual(basis), basis=basis)
        assert not [path for path, content in made.items() if b"Nora" in content or AROUND[0].encode() in content]
        assert "what was said before is not disclosed" in made["data/report.html"].decode()


async def test_a_name_that_stands_in_a_picture_by_chance_does_not_withhold_it_and_a_long_one_does(store: Store) -> None:
    async def arriving() -> AsyncIterator[bytes]:
        yield b"\xff\xd8 rob mod " + REPORTER.encode()[:5] + b"\xfe"

    async def telling() -> AsyncIterator[bytes]:
        yield b"\xff\xd8 " + REPORTER.encode() + b"\xfe"

    await store.evidence.keep_attachment(IncidentId(TWO), 1, arriving(), NOON)
    await store.evidence.keep_attachment(IncidentId(TWO), 2, telling(), NOON)
    made = await packs.files(store, TWO, key=KEY, parts=USUAL)
    assert [path.split(".")[1] for path in made if path.startswith("data/attachments/")] == ["1"]


async def test_any_choice_of_parts_tells_nothing_of_the_others_and_proves_what_it_tells(store: Store) -> None:
    """Of what is not chosen no value and no salt is there; whatever is there opens the same record."""
    chance, keys = random.Random(31), await store.writer.read(lambda db: chain(db, store.keys))
    whole = await packs.files(store, ONE, TWO, key=KEY)
    salts = {path: content for path, content in whole.items() if path.endswith(".salt.hex")}
    opened = 0
    for _ in range(40):
        chosen = frozenset(part for part in Part if chance.random() < 0.5)
        made = await packs.files(store, ONE, TWO, key=KEY, parts=chosen)
        everything = b"\n".join(made.values())
        for path, salt in salts.items():
            seq, field = path.removeprefix("data/openings/").removesuffix(".salt.hex").split(".", 1)
            leaf = parse_leaf(made[f"data/records/{seq}.json"])
            assert made[f"data/records/{seq}.json"] == whole[f"data/records/{seq}.json"]
            value = f"data/{value_path(int(seq), field)}"
            if path in made:
                assert part_of(leaf, field) in chosen
                assert opens(leaf.commit[field], bytes.fromhex(made[path].decode()), made[value])
                opened += 1
            else:
                assert salt.strip() not in everything
                assert value not in made
                if len(whole[value]) > 8:
                    assert whole[value] not in everything or part_of(leaf, field) in chosen, (path, chosen)
        proof = InclusionProof.parse(made["data/log/1.tlog-proof"])
        proof.verify(made["data/records/1.json"], keys, WitnessPolicy())
    assert opened > 100


async def test_what_the_schedule_erased_names_the_schedule(store: Store) -> None:
    await store.stewardship.erase_by_schedule([IncidentId(ONE)], Schedule(version=7).ref)
    made = await packs.files(store, ONE, key=KEY)
    assert "by the retention schedule, under retention version 7" in made["data/report.html"].decode()
    assert not [path for path, content in made.items() for word in (TEXT.encode(), FILE, *AUTHOR) if word in content]


async def test_a_kept_checkpoint_is_shown_to_be_continued_and_a_strangers_is_refused(store: Store) -> None:
    kept = await store.checkpoints.last()
    assert kept is not None
    made = await packs.files(store, ONE, key=KEY, since=kept)
    (path,) = [path for path in made if path.startswith("data/log/consistency-")]
    keys = await store.writer.read(lambda db: chain(db, store.keys))
    ConsistencyProof.parse(made[path]).verify(keys.checkpoint(kept), keys)
    stranger = SigningKey.new("another.log", KeyUse.NOTE)
    lines = kept.text.replace(store.keys.first.name, stranger.name)
    with pytest.raises(Exception, match="of another log"):
        await packs.files(store, ONE, key=KEY, since=Note(lines, kept.signatures))


async def test_the_pack_says_which_witnesses_saw_the_log_and_that_it_went_on_from_there(store: Store) -> None:
    witnessed = await packs.cosigned(store)
    made = await packs.files(store, ONE, key=KEY, witnessed=witnessed)
    told = made["data/log/witnesses.txt"].decode()
    assert "- witness.here, on 2026-05-03T12:00:00.000000Z" in told
    assert "not by witness.away" in told
    shown = Note.parse(made["data/log/witnessed"])
    assert (len(shown.signatures), len(witnessed.note.signatures)) == (2, 3), "of a witness the latest alone"
    assert shown.text == witnessed.note.text
    (path,) = [path for path in made if path.startswith("data/log/consistency-")]
    keys = await store.writer.read(lambda db: chain(db, store.keys))
    ConsistencyProof.parse(made[path]).verify(keys.checkpoint(witnessed.note), keys)
    assert b"No witness" in (await packs.files(store, ONE, key=KEY))["data/log/witnesses.txt"]


async def test_an_incident_that_never_was_is_named(store: Store) -> None:
    with pytest.raises(UnknownIncident, match="I-2026-000099"):
        await Packing(store.writer, store.ledger).request(replace(CHOICE, incidents=("I-2026-000099",)), ADA)


async def test_a_referral_is_a_form_that_finds_nothing(store: Store) -> None:
    form = Referral(grounds=(Ground.RELIGION,), perceived_by=PerceivedBy.VICTIM, targets=(Target.CANDIDATE,))
    report = (await packs.files(store, ONE, key=KEY, referral=form))["data/report.html"].decode()
    assert "possible, not as legal findings" in report
    assert "<strong>religion (ticked)</strong>" in report
    assert "Online Safety Act 2023, section 181" in report
    assert "(ticked)" not in report.partition("Possible offences")[2].partition("</ul>")[0].replace("(not ticked)", "")
    plain = (await packs.files(store, ONE, key=KEY))["data/report.html"].decode()
    assert "Referral" not in plain


async def test_the_report_fetches_nothing_and_escapes_what_people_wrote(store: Store) -> None:
    wicked = packs.make.posted(9, text='<script>alert("x")</script> \u202eevil')
    await store.evidence.record(packs.make.incident(9, event=wicked, to_do=()))
    made = await packs.files(store, "I-2026-000003", key=KEY, show_text=True)
    report = made["data/report.html"].decode()
    assert "<script" not in report
    assert "\u202e" not in report
    assert "⟦U+202E⟧" in report
    for outside in ("src=", "url(", "@import", "<link", "<iframe", 'href="http'):
        assert outside not in report
    assert "default-src 'none'" in report


async def test_no_cell_of_a_table_is_a_formula(store: Store) -> None:
    made = await packs.files(store, ONE, TWO, key=KEY)
    for name in ("timeline", "custody", "redactions"):
        lines = made[f"data/{name}.csv"].decode().splitlines()
        assert len(lines) > 1 or name == "redactions"
        assert not [cell for line in lines for cell in line.split(",") if cell.startswith(("=", "+", "-", "@"))]
