"""What somebody is handed of what is kept about them: all of it, and nobody else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.evidence.words import Code, Kind, Role
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.packing import Packing
from bot.store.sqlite.stewardship import Refused, Steward
from bot.store.sqlite.store import Store, open_store
from bot.store.sqlite.subjects import SubjectAccess, gather_subject
from bot.store.sqlite.verify import verify
from bot.store.subject_data import Person, SubjectData
from bot.subject_files import subject_files
from policies.identifiers import IncidentId, MemberId, PlatformName
from tests.fakes import packs
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.packs import ADA, BEN, ONE, REPORTER, TWO
from tests.fakes.subjects import Teller

KEY = packs.PackKey.new()
PAT = Person(PlatformName.DISCORD, MemberId("author-4711"))


async def gathered(store: Store, person: Person) -> SubjectData:
    return await store.writer.read(lambda db: gather_subject(db, store.ledger, person))


def laid_out(data: SubjectData) -> dict[str, bytes]:
    return packs.whole(subject_files(data, {}, KEY, made_at=NOON, origin="hustings.log/test", size=9))


@pytest.fixture
async def filled(store: Store) -> Store:
    """Give a store with what a pack test has."""
    await packs.fill(store)
    await packs.surround(store)
    return store


@pytest.mark.parametrize("tenth", range(10))
async def test_who_reported_never_stands_in_what_the_subject_is_handed(tmp_path: Path, tenth: int) -> None:
    """Ten stories to a store, a hundred in all: the reporter answers, moderates, stands near, is named in reasons."""
    async with open_store(tmp_path, FrozenClock()) as store:
        stories = [await Teller(store, 100 + tenth * 10 + number).tell() for number in range(10)]
        for story in stories:
            handed = b"\n".join(laid_out(await gathered(store, story.person)).values()).decode().lower()
            assert [word for word in story.telling if word.lower() in handed] == []
            assert [words for words in story.own_words if words not in handed] == [], "what they wrote is all there"
            assert "who reported it" in handed
            others = [other for other in stories if other is not story]
            assert not [word for other in others for word in (*other.telling, *other.own_words) if word in handed]
        reporter = replace(stories[0].person, member=stories[0].reporter.id)
        assert stories[0].reporter.id.encode() in b"".join(laid_out(await gathered(store, reporter)).values())


async def test_somebody_is_told_all_that_they_wrote_and_what_became_of_it(filled: Store) -> None:
    data = await gathered(filled, PAT)
    (written,) = data.shelves["written by you"]
    assert written["text"] == packs.TEXT
    assert written["you"]["name"] == "Pat Postwright"
    assert written["rules"][0]["clause"] == "Be civil."
    assert written["by_people"][0] | {"reason": None} == {
        "incident": ONE,
        "at": "2026-05-03T12:05:00+00:00",
        "what": "uphold",
        "by": "a moderator",
        "reason": None,
        "until": "2026-05-04T12:00:00+00:00",
    }
    assert written["deleted_at"]
    assert written["files"][0]["sha256"]
    assert [file.number for file in data.files] == [1]
    left_out = {(redaction.field, redaction.why) for redaction in data.redactions}
    assert ("in_answer_to", "what somebody else wrote") in left_out
    assert ("messages around it", "what somebody else wrote") in left_out
    told = laid_out(data)
    assert b"Nora" not in b"".join(told.values())
    assert packs.TEXT in told["data/subject.txt"].decode()
    assert json.loads(told["data/subject.json"])["incidents"] == [ONE]
    assert b'"mod"' not in told["data/subject.json"]


async def test_whoever_reported_is_told_their_own_reports_and_not_what_they_reported(filled: Store) -> None:
    data = await gathered(filled, Person(PlatformName.DISCORD, MemberId(REPORTER)))
    assert [entry["your_reason"] for entry in data.shelves["reported by you"]] == ["it is about me", "me too"]
    assert b"reported words" not in b"".join(laid_out(data).values())


async def test_who_is_near_a_message_on_record_is_told_their_own_words(filled: Store) -> None:
    data = await gathered(filled, Person(PlatformName.DISCORD, MemberId("nora-4812")))
    texts = [entry["text"] for entry in data.shelves["written by you near a message on record"]]
    assert texts == list(packs.AROUND)
    assert packs.TEXT.encode() not in b"".join(laid_out(data).values())


async def test_views_are_counted_by_what_they_were_for(filled: Store) -> None:
    for purpose in (Code.PURPOSE_TRIAGE, Code.PURPOSE_TRIAGE, Code.PURPOSE_APPEAL):
        await filled.stewardship.view([IncidentId(ONE)], ADA, purpose)
    await packs.files(filled, ONE, key=packs.PackKey.new(), basis=Code.BASIS_CRIME_REPORT)
    data = await gathered(filled, PAT)
    assert b"crime" not in b"".join(laid_out(data).values()), "that the police were told is not for the bot to tell"
    assert data.views == {"for-triage": 2, "for-appeal": 1}
    assert "for-appeal 1, for-triage 2." in laid_out(data)["data/README.txt"].decode()


async def test_two_people_agree_and_it_is_on_record_before_anything_is_written(filled: Store) -> None:
    access = SubjectAccess(filled.writer, filled.ledger)
    with pytest.raises(Refused, match="Nobody has asked for what is kept about discord:author-4711"):
        await access.ensure_asked(PAT, BEN)
    seq = await access.request(PAT, ADA)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await access.ensure_asked(PAT, ADA)
    with pytest.raises(Refused, match="Nobody has asked"):
        await access.ensure_asked(Person(PlatformName.SLACK, PAT.member), BEN)
    await access.ensure_asked(PAT, BEN)
    await access.agree(PAT, BEN, [IncidentId(ONE)])
    found = await filled.writer.read(lambda db: list(leaves(db)))
    assert [leaf.kind for leaf in found[-3:]] == [Kind.EXPORT_REQUESTED, Kind.EVIDENCE_VIEWED, Kind.EVIDENCE_EXPORTED]
    assert found[-1].numbers == {"of_seq": seq, "items": 1}
    assert all(leaf.codes == ("for-subject-access",) for leaf in found[-3:])
    assert not [leaf for leaf in found if PAT.member.encode() in leaf.to_bytes()]
    with pytest.raises(Refused, match="Nobody has asked"):
        await access.agree(PAT, BEN, [])
    checked = await filled.writer.read(lambda db: verify(db, filled.ledger, filled.keys, filled.folder))
    assert checked.broken is None


async def test_two_people_in_the_same_role_cannot_agree_where_roles_are_given_out(filled: Store) -> None:
    ann, bob = Steward("ann", Role.ADMIN, listed=True), Steward("bob", Role.ADMIN, listed=True)
    access, packing = SubjectAccess(filled.writer, filled.ledger), Packing(filled.writer, filled.ledger)
    await access.request(PAT, ann)
    with pytest.raises(Refused, match="another role"):
        await access.ensure_asked(PAT, bob)
    await packing.request(packs.Choice(incidents=(TWO,), basis=Code.BASIS_CONSENT), ann)
    with pytest.raises(Refused, match="another role"):
        await packing.agree([TWO], bob)
    assert (await packing.agree([TWO], replace(bob, role=Role.AUDITOR))).choice.incidents == (TWO,)


async def test_a_subjects_export_does_not_use_up_what_was_asked_for_as_a_pack(filled: Store) -> None:
    access, packing = SubjectAccess(filled.writer, filled.ledger), Packing(filled.writer, filled.ledger)
    await packing.request(packs.Choice(incidents=(ONE,), basis=Code.BASIS_CONSENT), ADA)
    await access.request(PAT, ADA)
    await access.agree(PAT, BEN, [IncidentId(ONE)])
    assert (await packing.agree([ONE], BEN)).choice.incidents == (ONE,)


async def test_what_was_erased_is_told_to_nobody(filled: Store) -> None:
    await filled.stewardship.request_erasure(IncidentId(ONE), ADA, Code.ERASED_ON_REQUEST)
    await filled.stewardship.erase(IncidentId(ONE), BEN)
    data = await gathered(filled, PAT)
    assert data.shelves == {}
    assert b"Nothing is kept about discord:author-4711" in laid_out(data)["data/subject.txt"]
