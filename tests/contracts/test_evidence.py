"""What every record promises: each thing once, all of it given back, nothing changed afterwards."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from hashlib import sha256

import pytest

from handlers.errors import PlatformUnavailable, UnknownIncident
from handlers.ports import IncidentFilter
from policies.acts import Verb
from policies.copies import AttachmentCopy, CopyStatus
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.findings import Category
from policies.identifiers import ChannelId, EventId, IncidentId, MemberId, MessageId, PlatformName
from policies.incidents import EditRecord, Incident, IncidentState, NewIncident, Source
from policies.surroundings import Nearby, Surroundings
from tests.contracts.conftest import Record
from tests.fakes import incidents as make
from tests.fakes.clock import NOON

HIDDEN = Outcome(action=Action.HIDE, status=OutcomeStatus.DONE, detail="gone", receipt="r-1")
NOBODY = IncidentId("I-2026-000099")


async def found(record: Record, wanted: IncidentFilter) -> list[str]:
    return [incident.event.event_id async for incident in record.incidents.find(wanted)]


async def get(record: Record, name: IncidentId) -> Incident:
    kept = await record.incidents.get(name)
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(make.incident(), id="posted"),
        pytest.param(make.incident(event=make.edited()), id="edited"),
        pytest.param(make.incident(event=make.edited(before=None)), id="edited-from-unknown"),
        pytest.param(make.incident(source=Source.REPORT), id="reported"),
        pytest.param(make.incident(event=make.posted(text="")), id="no-text"),
        pytest.param(make.incident(event=make.posted(text="\ud83d\ude00 \udfff \x00 é e\u0301")), id="odd-text"),
        pytest.param(make.incident(event=replace(make.posted(), parent=None)), id="answering-nobody"),
    ],
)
async def test_an_incident_is_given_back_as_it_was_kept(new: NewIncident, record: Record) -> None:
    recorded = await record.evidence.record(new)
    kept = await get(record, recorded.incident)
    for field in fields(NewIncident):
        if field.name != "event_id":
            assert getattr(kept, field.name) == getattr(new, field.name), field.name
    assert kept.state is IncidentState.OPEN
    assert kept.version == 0
    assert kept.deleted_at is None


async def test_incidents_have_readable_names_in_order(record: Record) -> None:
    names = [(await record.evidence.record(make.incident(number))).incident for number in (1, 2, 3)]
    assert names == ["I-2026-000001", "I-2026-000002", "I-2026-000003"]


async def test_the_same_event_is_kept_once_however_often_and_at_once_it_comes(record: Record) -> None:
    answers = await asyncio.gather(*(record.evidence.record(make.incident()) for _ in range(10)))
    assert {answer.incident for answer in answers} == {"I-2026-000001"}
    assert sorted(answer.fresh for answer in answers) == [False] * 9 + [True]


async def test_the_same_event_id_on_another_platform_is_another_event(record: Record) -> None:
    await record.evidence.record(make.incident())
    other = await record.evidence.record(make.incident(event=make.posted(platform=PlatformName.SLACK)))
    assert other.fresh


async def test_an_outcome_is_kept_once_for_each_action_and_status(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    for _ in range(3):
        await record.evidence.append_outcome(name, HIDDEN, NOON)
    await record.evidence.append_outcome(name, replace(HIDDEN, status=OutcomeStatus.UNDONE), NOON)
    kept = await get(record, name)
    assert [entry.outcome.status for entry in kept.outcomes] == [OutcomeStatus.DONE, OutcomeStatus.UNDONE]
    assert kept.outcomes[0].outcome == HIDDEN
    assert kept.outcomes[0].at == NOON
    assert kept.receipt(Action.HIDE) == "r-1"


async def test_what_has_no_outcome_is_unfinished_oldest_first(record: Record) -> None:
    names = [(await record.evidence.record(make.incident(number))).incident for number in (1, 2, 3)]
    await record.evidence.append_outcome(names[0], HIDDEN, NOON)
    await record.evidence.append_outcome(names[1], HIDDEN, NOON)
    await record.evidence.append_outcome(names[1], replace(HIDDEN, action=Action.ALERT), NOON)
    left = await record.evidence.unfinished()
    assert [(kept.id, kept.unfinished) for kept in left] == [
        (names[0], (Action.ALERT,)),
        (names[2], (Action.HIDE, Action.ALERT)),
    ]


async def test_nothing_to_do_means_nothing_unfinished(record: Record) -> None:
    await record.evidence.record(make.incident(to_do=()))
    assert list(await record.evidence.unfinished()) == []


async def test_what_not_abuse_has_to_take_back_is_unfinished_until_it_is(record: Record) -> None:
    name = (await record.evidence.record(make.incident(to_do=(Action.HIDE,)))).incident
    await record.evidence.append_outcome(name, HIDDEN, NOON)
    assert not await record.evidence.unfinished()
    await record.evidence.settle(make.act("1", Verb.NOT_ABUSE, on=name), version=0)
    (kept,) = await record.evidence.unfinished()
    assert kept.to_undo == (Action.HIDE,)
    await record.evidence.append_outcome(name, replace(HIDDEN, status=OutcomeStatus.UNDONE), NOON)
    assert not await record.evidence.unfinished()


async def test_an_act_is_kept_once_and_given_back_whole(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    report = make.act("report", Verb.REPORT, on=name, reason="odd \ud800 reason\x00")
    assert await record.evidence.append_act(report)
    assert not await record.evidence.append_act(report)
    assert (await get(record, name)).acts == (report,)


async def test_an_act_about_a_member_alone_is_kept_once(record: Record) -> None:
    warning = make.act("warning", Verb.WARN)
    assert await record.evidence.append_act(warning)
    assert not await record.evidence.append_act(warning)


async def test_a_verdict_takes_effect_at_its_version_only(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    first = await record.evidence.settle(make.act("1", Verb.UPHOLD, on=name), version=0)
    stale = await record.evidence.settle(make.act("2", Verb.NOT_ABUSE, on=name), version=0)
    second = await record.evidence.settle(make.act("3", Verb.NOT_ABUSE, on=name), version=1)
    assert [settlement.took_effect for settlement in (first, stale, second)] == [True, False, True]
    assert [settlement.incident.state for settlement in (first, stale, second)] == [
        IncidentState.UPHELD,
        IncidentState.UPHELD,
        IncidentState.NOT_ABUSE,
    ]
    assert (await get(record, name)).version == 2
    assert [act.event_id for act in (await get(record, name)).acts] == ["1", "3"]


async def test_of_ten_verdicts_at_once_one_takes_effect(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    verbs: Sequence[Verb] = [Verb.UPHOLD, Verb.NOT_ABUSE] * 5
    settlements = await asyncio.gather(
        *(record.evidence.settle(make.act(str(n), verb, on=name), version=0) for n, verb in enumerate(verbs))
    )
    assert sum(settlement.took_effect for settlement in settlements) == 1
    assert len({settlement.incident.state for settlement in settlements}) == 1


async def test_the_same_press_twice_takes_effect_once(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    press = make.act("1", Verb.UPHOLD, on=name)
    assert (await record.evidence.settle(press, version=0)).took_effect
    assert not (await record.evidence.settle(press, version=0)).took_effect
    assert not (await record.evidence.settle(press, version=1)).took_effect
    assert (await get(record, name)).version == 1


async def test_a_report_does_not_raise_the_version(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    await record.evidence.append_act(make.act("report", Verb.REPORT, on=name))
    assert (await record.evidence.settle(make.act("1", on=name), version=0)).took_effect


async def test_a_verdict_passes_through_settle_alone(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    with pytest.raises(ValueError, match="settle"):
        await record.evidence.append_act(make.act("1", Verb.UPHOLD, on=name))


async def test_what_is_about_an_unknown_incident_is_refused(record: Record) -> None:
    with pytest.raises(UnknownIncident):
        await record.evidence.append_outcome(NOBODY, HIDDEN, NOON)
    with pytest.raises(UnknownIncident):
        await record.evidence.append_act(make.act("1", Verb.REPORT, on=NOBODY))
    with pytest.raises(UnknownIncident):
        await record.evidence.settle(make.act("1", on=NOBODY), version=0)
    assert await record.incidents.get(NOBODY) is None


async def test_a_deletion_is_noted_for_every_incident_about_the_message(record: Record) -> None:
    first = (await record.evidence.record(make.incident())).incident
    second = (await record.evidence.record(make.incident(event=make.edited()))).incident
    await record.evidence.record(make.incident(2))
    names = await record.evidence.note_deletion(make.deleted())
    assert names == (first, second)
    assert await record.evidence.note_deletion(make.deleted()) == names
    assert (await get(record, first)).deleted_at == make.deleted().deleted_at


async def test_a_deletion_of_a_message_nobody_kept_is_not_kept_either(record: Record) -> None:
    assert await record.evidence.note_deletion(make.deleted()) == ()


async def test_the_first_deletion_gives_the_time(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    await record.evidence.note_deletion(make.deleted())
    later = replace(make.deleted(name="again"), deleted_at=NOON + timedelta(days=1))
    await record.evidence.note_deletion(later)
    assert (await get(record, name)).deleted_at == make.deleted().deleted_at


async def test_the_incidents_of_a_message_are_found_oldest_first(record: Record) -> None:
    await record.evidence.record(make.incident())
    await record.evidence.record(make.incident(event=make.edited()))
    await record.evidence.record(make.incident(2))
    about = await record.incidents.of_message(make.message())
    assert [kept.event.event_id for kept in about] == ["e-1", "e-1-edit"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(IncidentFilter(), ["e-4", "e-3", "e-2", "e-1"], id="everything-newest-first"),
        pytest.param(IncidentFilter(limit=2), ["e-4", "e-3"], id="limit"),
        pytest.param(IncidentFilter(limit=0), [], id="limit-of-none"),
        pytest.param(IncidentFilter(since=NOON + timedelta(days=2)), ["e-4", "e-3"], id="since-includes"),
        pytest.param(IncidentFilter(until=NOON + timedelta(days=2)), ["e-2", "e-1"], id="until-excludes"),
        pytest.param(IncidentFilter(platform=PlatformName.SLACK), ["e-2"], id="platform"),
        pytest.param(IncidentFilter(channel="general"), ["e-4", "e-3", "e-2", "e-1"], id="channel-by-name"),
        pytest.param(IncidentFilter(channel="#general", limit=1), ["e-4"], id="channel-with-its-sign"),
        pytest.param(IncidentFilter(channel="general-id", limit=1), ["e-4"], id="channel-by-id"),
        pytest.param(IncidentFilter(channel="other"), [], id="another-channel"),
        pytest.param(IncidentFilter(author=MemberId("ann"), limit=1), ["e-4"], id="author"),
        pytest.param(IncidentFilter(author=MemberId("bob")), [], id="another-author"),
        pytest.param(IncidentFilter(rule="threats"), ["e-3"], id="rule"),
        pytest.param(IncidentFilter(category=Category.THREAT), ["e-3"], id="category"),
        pytest.param(IncidentFilter(action=Action.MUTE), ["e-3"], id="action"),
        pytest.param(IncidentFilter(outcome="done"), ["e-1"], id="outcome"),
        pytest.param(IncidentFilter(outcome="hide:done"), ["e-1"], id="outcome-of-an-action"),
        pytest.param(IncidentFilter(outcome="mute:done"), [], id="outcome-of-another-action"),
        pytest.param(IncidentFilter(state=IncidentState.UPHELD), ["e-4"], id="upheld"),
        pytest.param(IncidentFilter(state=IncidentState.OPEN), ["e-3", "e-2", "e-1"], id="open"),
        pytest.param(IncidentFilter(rule="slurs", state=IncidentState.OPEN), ["e-2", "e-1"], id="two-at-once"),
    ],
)
async def test_incidents_are_found_by(wanted: IncidentFilter, expected: list[str], record: Record) -> None:
    threat = make.decision(Action.HIDE, Action.MUTE, rule="threats", categories=(Category.THREAT,))
    await record.evidence.record(make.incident(1))
    await record.evidence.record(
        make.incident(2, event=make.posted(2, platform=PlatformName.SLACK), after=timedelta(days=1))
    )
    await record.evidence.record(make.incident(3, decided=threat, after=timedelta(days=2)))
    await record.evidence.record(make.incident(4, after=timedelta(days=3)))
    await record.evidence.append_outcome(IncidentId("I-2026-000001"), HIDDEN, NOON)
    await record.evidence.settle(make.act("1", Verb.NOT_ABUSE, on=IncidentId("I-2026-000004")), version=0)
    await record.evidence.settle(make.act("2", Verb.UPHOLD, on=IncidentId("I-2026-000004")), version=1)
    assert await found(record, wanted) == expected


async def test_many_incidents_are_given_in_pages_without_gap_or_repeat(record: Record) -> None:
    for number in range(250):
        await record.evidence.record(make.incident(number))
    assert await found(record, IncidentFilter()) == [f"e-{number}" for number in reversed(range(250))]
    assert len(await found(record, IncidentFilter(limit=101))) == 101


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


async def test_a_file_is_kept_once_and_given_back_with_its_size_and_hash(record: Record) -> None:
    name = (await record.evidence.record(replace(make.incident(to_do=()), to_copy=(1,)))).incident
    (waiting,) = await record.evidence.unfinished()
    assert waiting.uncopied == (1,)
    copy = await record.evidence.keep_attachment(name, 1, pieces(b"a leaf", b"let"), NOON)
    again = await record.evidence.keep_attachment(name, 1, pieces(b"another"), NOON + timedelta(days=1))
    assert copy == again
    assert (copy.number, copy.status, copy.size) == (1, CopyStatus.KEPT, 9)
    assert copy.sha256 == sha256(b"a leaflet").hexdigest()
    assert (await get(record, name)).copies == (copy,)
    assert not await record.evidence.unfinished()


async def test_why_there_is_no_copy_is_kept_once_and_stays_unfinished_while_it_may_still_come(record: Record) -> None:
    name = (await record.evidence.record(replace(make.incident(to_do=()), to_copy=(1,)))).incident
    missed = AttachmentCopy(number=1, status=CopyStatus.UNREACHABLE, at=NOON, detail="No answer.")
    for _ in range(3):
        await record.evidence.append_copy(name, missed)
    assert (await get(record, name)).copies == (missed,)
    assert [kept.id for kept in await record.evidence.unfinished()] == [name]
    await record.evidence.append_copy(name, replace(missed, status=CopyStatus.GONE))
    assert not await record.evidence.unfinished()


async def test_a_file_that_breaks_off_is_not_kept(record: Record) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise PlatformUnavailable("gone")

    name = (await record.evidence.record(replace(make.incident(to_do=()), to_copy=(1,)))).incident
    with pytest.raises(PlatformUnavailable):
        await record.evidence.keep_attachment(name, 1, broken(), NOON)
    assert (await get(record, name)).copies == ()
    assert (await record.evidence.keep_attachment(name, 1, pieces(b"whole"), NOON)).status is CopyStatus.KEPT


async def test_a_copy_passes_through_keep_attachment_alone(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    with pytest.raises(ValueError, match="keep_attachment"):
        await record.evidence.append_copy(name, AttachmentCopy(number=1, status=CopyStatus.KEPT, at=NOON))


def nearby(number: int, text: str = "as I said") -> Nearby:
    return Nearby(
        message=MessageId(f"m-{number}"),
        author=MemberId("bob"),
        author_name="Bob",
        text=text,
        at=NOON + timedelta(seconds=number),
        files=("a.png",),
    )


async def test_what_was_said_around_is_kept_once_a_look_and_given_back(record: Record) -> None:
    name = (await record.evidence.record(replace(make.incident(), wants_context=True))).incident
    assert [kept.id for kept in await record.evidence.lacking_context(NOON)] == [name]
    first = Surroundings(look=1, at=NOON, before=(nearby(1), nearby(2, "odd \ud800\x00")))
    later = NOON + timedelta(minutes=10)
    for _ in range(2):
        await record.evidence.keep_context(name, first, again_at=later)
    assert await record.evidence.lacking_context(later - timedelta(seconds=1)) == []
    assert [kept.id for kept in await record.evidence.lacking_context(later)] == [name]
    last = Surroundings(look=2, at=later, after=(nearby(3),), missing="")
    await record.evidence.keep_context(name, last, again_at=None)
    assert await record.evidence.lacking_context(later + timedelta(days=9)) == []
    assert list(await record.incidents.context(name)) == [first, last]


async def test_an_incident_that_wants_no_context_is_not_looked_around(record: Record) -> None:
    name = (await record.evidence.record(make.incident())).incident
    assert await record.evidence.lacking_context(NOON + timedelta(days=1)) == []
    assert list(await record.incidents.context(name)) == []


async def test_an_edit_is_kept_once_for_every_incident_about_the_message(record: Record) -> None:
    first = (await record.evidence.record(make.incident())).incident
    second = (await record.evidence.record(make.incident(event=make.edited()))).incident
    change = replace(make.edited(text="sorry \ud800"), event_id=EventId("later"))
    for _ in range(2):
        assert await record.evidence.note_edit(change) == (first, second)
    assert (await get(record, first)).edits == (EditRecord(text="sorry \ud800", at=change.edited_at),)


async def test_an_edit_of_a_message_nobody_kept_is_not_kept_either(record: Record) -> None:
    assert await record.evidence.note_edit(make.edited()) == ()


async def test_what_was_done_to_channels_is_given_back_in_order_and_nothing_else_with_it(record: Record) -> None:
    await record.evidence.append_act(make.act("w", Verb.WARN))
    slowed = replace(make.act("1", Verb.SLOW_CHANNEL), channel=ChannelId("c-1"), stood="5", seconds=30)
    locked = replace(make.act("2", Verb.LOCK_CHANNEL), channel=ChannelId("c-2"), stood="64 2048", until=slowed.at)
    opened = replace(make.act("3", Verb.UNLOCK_CHANNEL), channel=ChannelId("c-2"))
    by_bot = replace(slowed, event_id=EventId("4"), actor=replace(slowed.actor, id=MemberId(""), name="Hustings"))
    for act in (slowed, locked, opened, by_bot):
        assert await record.evidence.append_act(act)
    assert not await record.evidence.append_act(locked)
    assert list(await record.evidence.channel_acts()) == [slowed, locked, opened, by_bot]
