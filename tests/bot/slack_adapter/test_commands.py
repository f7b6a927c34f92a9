"""What moderators and members do: press buttons, fill in forms, type `/hustings`, report a message."""

import json
from typing import Any

import pytest

from bot.slack_adapter.cards import NOT_ABUSE, UPHOLD
from policies.acts import Verb
from policies.casework.events import AppealMade, ReportJoined
from policies.casework.people import Account
from policies.casework.words import CaseKind, Channel, Part
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import CommunityId, MemberId, PlatformName
from policies.incidents import IncidentState, Source
from tests.bot.slack_adapter.world import ABUSE, HARMLESS, World, make_world, words
from tests.fakes import slack_payloads as wire
from tests.fakes.deciding import decided_case
from tests.fakes.slack_workspace import ELSEWHERE, GENERAL, MODERATORS


async def _alerted(world: World, user: str = "U1ANN", **extra: Any) -> dict[str, object]:
    told = await world.slack.say(user, ABUSE, **extra)
    await world.slack.acked(told.envelope)
    return await world.card()


async def _decide(world: World, card: dict[str, object], button: str, reason: str, user: str = "U3MOD") -> str:
    form = await world.form(await world.slack.press(user, card, button))
    answer = await world.answer(await world.slack.submit(user, form, reason))
    await world.settled()
    return answer


async def test_upholding_asks_for_a_reason_keeps_it_and_takes_the_buttons_away(world: World) -> None:
    card = await _alerted(world)
    answer = await _decide(world, card, UPHOLD, "Plainly a threat.")
    (incident,) = world.incidents
    assert incident.state is IncidentState.UPHELD
    (act,) = incident.acts
    assert (act.verb, act.actor.id, act.reason) == (Verb.UPHOLD, "U3MOD", "Plainly a threat.")
    assert "upheld" in answer
    now = world.slack.messages[MODERATORS][str(card["ts"])]
    assert not [block for block in now["blocks"] if block["type"] == "actions"]
    assert "Mod decided at" in words(now["blocks"])
    assert len(world.slack.of("chat.postMessage")) == 2


async def test_not_abuse_reposts_the_message_with_author_time_and_note(world: World) -> None:
    card = await _alerted(world)
    await _decide(world, card, NOT_ABUSE, "Quoting a film.")
    (incident,) = world.incidents
    assert incident.state is IncidentState.NOT_ABUSE
    assert incident.last(Action.HIDE) is OutcomeStatus.UNDONE
    again = world.slack.latest(GENERAL)
    shown = json.dumps(again["blocks"])
    assert "*Ann* wrote on <!date^" in shown
    assert ABUSE in shown
    assert incident.id in words(again["blocks"])
    assert ABUSE not in again["text"]


async def test_a_reply_in_a_thread_is_restored_in_its_thread(world: World) -> None:
    root = await world.slack.say("U2BEN", HARMLESS)
    card = await _alerted(world, thread=root.ts)
    await _decide(world, card, NOT_ABUSE, "A quotation.")
    assert world.slack.latest(GENERAL)["thread_ts"] == root.ts


async def test_nothing_in_a_restored_message_calls_anybody(world: World) -> None:
    told = await world.slack.say("U1ANN", f"<!channel> <@U2BEN> {ABUSE} &lt;!here&gt;")
    await world.slack.acked(told.envelope)
    await _decide(world, await world.card(), NOT_ABUSE, "A quotation.")
    shown = json.dumps(world.slack.latest(GENERAL)["blocks"])
    assert "<!channel>" not in shown
    assert "<@U2BEN>" not in shown
    quote = next(b for b in world.slack.latest(GENERAL)["blocks"] if b["type"] == "rich_text")
    assert [e["type"] for e in quote["elements"][0]["elements"]] == ["text"]


async def test_a_stale_press_changes_nothing_and_says_who_decided(world: World) -> None:
    card = await _alerted(world)
    await _decide(world, card, UPHOLD, "Plainly a threat.")
    late = await world.slack.press("U4MOD", card, NOT_ABUSE)
    remark = await world.remark(late)
    assert "Mod decided at" in remark
    assert "Your press changed nothing." in remark
    assert len(world.slack.views) == 1
    assert world.incidents[0].state is IncidentState.UPHELD


async def test_of_two_forms_sent_about_one_incident_the_second_changes_nothing(world: World) -> None:
    card = await _alerted(world)
    first = await world.form(await world.slack.press("U3MOD", card, UPHOLD))
    second = await world.form(await world.slack.press("U4MOD", card, NOT_ABUSE))
    await world.answer(await world.slack.submit("U3MOD", first, "Plainly a threat."))
    answer = await world.answer(await world.slack.submit("U4MOD", second, "A quotation."))
    assert "Your press came later and changed nothing." in answer
    assert world.incidents[0].state is IncidentState.UPHELD
    assert len(world.incidents[0].acts) == 1


async def test_a_form_that_arrives_twice_decides_once(world: World) -> None:
    form = await world.form(await world.slack.press("U3MOD", await _alerted(world), UPHOLD))
    await world.answer(await world.slack.submit("U3MOD", form, "Plainly a threat."))
    again = await world.answer(await world.slack.submit("U3MOD", form, "Plainly a threat."))
    assert "upheld" in again
    assert len(world.incidents[0].acts) == 1


async def test_a_form_without_a_reason_decides_nothing(world: World) -> None:
    answer = await _decide(world, await _alerted(world), UPHOLD, "   ")
    assert "Please give a reason" in answer
    assert world.incidents[0].state is IncidentState.OPEN


async def test_a_member_of_the_moderators_user_group_may_decide(world: World) -> None:
    await _decide(world, await _alerted(world), UPHOLD, "Plainly a threat.", user="U4MOD")
    assert world.incidents[0].state is IncidentState.UPHELD


async def test_a_user_group_that_cannot_be_read_makes_nobody_a_moderator_and_is_not_asked_for_every_message(
    world: World,
) -> None:
    world.slack.refuse("usergroups.users.list", "no_such_subteam")
    card = await _alerted(world)
    pressed = await world.slack.press("U4MOD", card, UPHOLD)
    assert "Only the moderators named in the settings may do this." in await world.remark(pressed)
    await _decide(world, card, UPHOLD, "Plainly a threat.", user="U3MOD")
    assert world.incidents[0].state is IncidentState.UPHELD
    assert len(world.slack.of("usergroups.users.list")) == 1


@pytest.mark.parametrize(
    ("user", "team"),
    [
        pytest.param("U2BEN", wire.TEAM, id="a-member"),
        pytest.param("U3MOD", wire.AWAY, id="somebody-of-that-name-in-another-workspace"),
    ],
)
async def test_only_moderators_may_press(world: World, user: str, team: str) -> None:
    pressed = await world.slack.press(user, await _alerted(world), UPHOLD, team=team)
    assert "Only the moderators named in the settings may do this." in await world.remark(pressed)
    assert world.slack.views == {}


async def test_a_form_that_slack_does_not_open_in_time_is_said_so(world: World) -> None:
    card = await _alerted(world)
    world.slack.limit("views.open", 30)
    remark = await world.remark(await world.slack.press("U3MOD", card, UPHOLD))
    assert "Please try again; nothing was changed." in remark


async def test_an_answer_that_comes_too_late_for_slack_comes_as_a_direct_message() -> None:
    world = await (await make_world(acknowledge_within=0.1)).start()
    telling = world.slack.hold("conversations.open")
    sent = await world.slack.command("U3MOD", "warn <@U1ANN|ann> Please keep to the subject.")
    assert "The answer will come as a direct message." in await world.answer(sent)
    telling.set()
    await world.settled()
    assert "The warning is on record. The member was told." in words(world.slack.latest("DU3MOD")["blocks"])
    assert len(world.evidence.acts) == 1
    await world.stop()


async def test_a_fault_in_a_command_is_answered_and_harms_nothing_beside_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(world.evidence, "append_act", broken)
        answer = await world.answer(await world.slack.command("U3MOD", "warn <@U1ANN|ann> Be kind."))
    assert "Something went wrong on our side" in answer
    again = await world.answer(await world.slack.command("U3MOD", "warn <@U1ANN|ann> Be kind."))
    assert "The warning is on record." in again


@pytest.mark.parametrize("text", ["", "help", "HELP"])
async def test_help_lists_every_verb(world: World, text: str) -> None:
    answer = await world.answer(await world.slack.command("U2BEN", text))
    for verb in ("incident list", "incident show", "warn", "timeout", "report", "help"):
        assert f"/hustings {verb}" in answer


async def test_an_unknown_verb_is_answered_with_the_list(world: World) -> None:
    answer = await world.answer(await world.slack.command("U2BEN", "defenestrate <!channel>"))
    assert "There is no command 'defenestrate'" in answer
    assert "/hustings incident list" in answer


async def test_moderators_list_and_show_incidents_masked(world: World) -> None:
    await _alerted(world)
    listed = await world.answer(await world.slack.command("U3MOD", "incident list"))
    (incident,) = world.incidents
    assert incident.id in listed
    assert ABUSE not in listed
    sent = await world.slack.command("U3MOD", f"incident show {incident.id}")
    payload = await world.slack.acked(sent)
    assert payload is not None
    assert payload["response_type"] == "ephemeral"
    assert incident.id in words(payload)
    assert ABUSE not in json.dumps(payload)
    assert [block for block in payload["blocks"] if block["type"] == "actions"]


@pytest.mark.parametrize("text", ["incident list", "incident show I-2026-000001", "warn <@U1ANN|ann> Be kind."])
async def test_members_may_not_use_the_moderators_verbs(world: World, text: str) -> None:
    answer = await world.answer(await world.slack.command("U2BEN", text))
    assert "Only the moderators named in the settings may do this." in answer
    assert world.evidence.acts == []


async def test_a_warning_is_kept_and_sent_to_the_member(world: World) -> None:
    answer = await world.answer(await world.slack.command("U3MOD", "warn <@U1ANN|ann> Please keep to the subject."))
    assert "The warning is on record. The member was told." in answer
    (act,) = world.evidence.acts
    assert (act.verb, act.subject, act.reason) == (Verb.WARN, "U1ANN", "Please keep to the subject.")
    told = world.slack.latest("DU1ANN")
    assert "Please keep to the subject." in words(told["blocks"])
    assert told["text"] == "A warning from the moderators"


async def test_a_warning_to_a_plain_name_says_how_to_name_a_member(world: World) -> None:
    answer = await world.answer(await world.slack.command("U3MOD", "warn @ann Be kind."))
    assert "/hustings warn @member reason" in answer
    assert world.evidence.acts == []


async def test_timeout_says_that_slack_has_none_and_what_to_do_instead(world: World) -> None:
    answer = await world.answer(await world.slack.command("U3MOD", "timeout <@U1ANN|ann> 2h Be kind."))
    assert "Slack has no timeout" in answer
    assert "deactivate the account" in answer
    assert world.evidence.acts == []


async def test_a_message_is_reported_from_its_menu_even_where_the_app_is_not(world: World) -> None:
    said = wire.message("U1ANN", "You people make me sick.", at=wire.ts())
    form = await world.form(await world.slack.shortcut("U2BEN", said, channel=ELSEWHERE, name="privategroup"))
    assert said["text"] not in json.dumps(form)
    answer = await world.answer(await world.slack.submit("U2BEN", form, "He says this every week."))
    await world.settled()
    (incident,) = world.incidents
    assert answer.count(incident.id) == 1
    assert (incident.source, incident.reporter) == (Source.REPORT, "U2BEN")
    assert incident.event.text == said["text"]
    card = await world.card()
    assert "He says this every week." in words(card["blocks"])
    assert "U2BEN" not in json.dumps(card)


async def test_a_report_whose_form_was_kept_too_long_says_so(world: World) -> None:
    view = {"id": "V1", "type": "modal", "callback_id": "hustings_report", "private_metadata": '{"kept": "gone"}'}
    answer = await world.answer(await world.slack.submit("U2BEN", view, "Look at this."))
    assert "choose the message and report it again" in answer


@pytest.mark.parametrize("threaded", [False, True], ids=["in-the-channel", "in-a-thread"])
async def test_a_message_is_reported_by_its_link(world: World, threaded: bool) -> None:
    root = await world.slack.say("U2BEN", HARMLESS)
    extra = {"thread": root.ts} if threaded else {}
    told = await world.slack.say("U1ANN", "You people make me sick.", **extra)
    link = f"https://branch.slack.com/archives/{GENERAL}/p{told.ts.replace('.', '')}"
    link += f"?thread_ts={root.ts}&amp;cid={GENERAL}" if threaded else ""
    answer = await world.answer(await world.slack.command("U2BEN", f"report <{link}> He says this every week."))
    (incident,) = world.incidents
    assert incident.id in answer
    assert (incident.event.text, incident.event.author.name) == ("You people make me sick.", "Ann")
    assert incident.report_reason == "He says this every week."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("report", "Say which message", id="no-link"),
        pytest.param(
            f"report https://branch.slack.com/archives/{GENERAL}/p1760000000000001", "say why", id="no-reason"
        ),
        pytest.param(
            f"report https://branch.slack.com/archives/{ELSEWHERE}/p1760000000000001 Look.",
            "that works everywhere",
            id="a-channel-without-the-app",
        ),
        pytest.param(
            f"report https://branch.slack.com/archives/{GENERAL}/p1760000000000001 Look.",
            "it may be gone",
            id="no-such-message",
        ),
        pytest.param("incident", "incident show followed by", id="half-a-verb"),
        pytest.param("incident show I-1999-000001", "Only the moderators", id="not-a-moderator"),
    ],
)
async def test_half_a_command_is_answered_with_what_is_missing(world: World, text: str, answer: str) -> None:
    assert answer in await world.answer(await world.slack.command("U2BEN", text))
    assert world.incidents == []


async def test_a_member_asks_for_a_copy_of_their_data_and_has_a_receipt(world: World) -> None:
    answer = await world.answer(await world.slack.command("U2BEN", "mydata copy since May"))
    assert "due within one month" in answer
    assert "R-2026-000001" in answer
    assert world.deps.intake is not None
    (case,) = [case async for case in world.deps.intake.cases.all()]
    assert case.kind is CaseKind.SUBJECT_ACCESS
    again = await world.answer(await world.slack.command("U2BEN", "mydata copy"))
    assert "R-2026-000001" in again
    refused = await world.answer(await world.slack.command("U2BEN", "mydata everything"))
    assert "Nothing was sent." in refused


async def test_a_reaction_is_reported_by_whom_it_was_put_there(world: World) -> None:
    said = await world.slack.say("U1ANN", HARMLESS)
    link = f"https://branch.slack.com/archives/{GENERAL}/p{said.ts.replace('.', '')}"
    answer = await world.answer(
        await world.slack.command("U2BEN", f"reaction <{link}> :clown_face: <@U4MOD|mo> at her")
    )
    assert "R-2026-000001" in answer
    assert world.deps.intake is not None
    cases = world.deps.intake.cases
    (case,) = [case async for case in cases.all()]
    (joined,) = [one.what.report.new for one in case.history if isinstance(one.what, ReportJoined)]
    assert (joined.channel, joined.reaction, joined.words) == (Channel.REACTION, ":clown_face:", "at her")
    assert joined.anonymous
    assert [one.member for person in case.with_part(Part.SUBJECT) for one in await cases.accounts(person)] == ["U4MOD"]
    assert [one.member for person in case.with_part(Part.TARGET) for one in await cases.accounts(person)] == ["U1ANN"]
    fetched = len(world.slack.of("conversations.history"))
    world.slack.members[GENERAL] = ["U3MOD", "U1ANN", "U4MOD"]
    shut = await world.answer(await world.slack.command("U2BEN", f"reaction <{link}> :clown_face: <@U4MOD|mo> at her"))
    assert "in a channel that you or the app are not in. Nothing was sent." in shut
    assert "you or the app are not in" in await world.answer(
        await world.slack.command("U2BEN", f"report <{link}> Look")
    )
    assert len(world.slack.of("conversations.history")) == fetched
    assert len([case async for case in cases.all()]) == 1
    world.slack.members[GENERAL].append("U2BEN")  # on the second page of two
    told = await world.slack.command("U2BEN", f"reaction <{link}> :clown_face: <@U3MOD|mo> at her")
    assert "R-2026-000002" in await world.answer(told)
    refused = await world.answer(await world.slack.command("U2BEN", "reaction :clown_face: nobody"))
    assert "Nothing was sent." in refused


async def test_locking_a_channel_is_a_task_for_a_person_on_record_with_its_end(world: World) -> None:
    answer = await world.answer(await world.slack.command("U3MOD", "lock 2h A raid is on."))
    assert "Slack lets no app lock a channel" in answer
    assert "The moderators were given the task, and it is on record, until" in answer
    (act,) = world.evidence.acts
    assert (act.verb, act.reason, act.channel) == (Verb.LOCK_CHANNEL, "A raid is on.", GENERAL)
    task = world.slack.latest(MODERATORS)
    assert "to be locked by hand" in words(task["blocks"])
    assert "Posting permissions" in words(task["blocks"])
    assert f"<#{GENERAL}>" in words(task["blocks"])


async def test_unlocking_gives_the_task_to_open_it_again(world: World) -> None:
    await world.answer(await world.slack.command("U3MOD", "lock A raid is on."))
    answer = await world.answer(await world.slack.command("U3MOD", "unlock It is over."))
    assert "set it back as it stood before" in answer
    assert [act.verb for act in world.evidence.acts] == [Verb.LOCK_CHANNEL, Verb.UNLOCK_CHANNEL]
    assert "to be opened again by hand" in words(world.slack.latest(MODERATORS)["blocks"])


async def test_slow_mode_says_that_slack_has_none_and_what_to_do_instead(world: World) -> None:
    answer = await world.answer(await world.slack.command("U3MOD", "slowmode 30 Busy."))
    assert "Slack has no slow mode" in answer
    assert "/hustings lock" in answer
    assert world.evidence.acts == []


@pytest.mark.parametrize("text", ["lock", "lock 2h", "unlock"])
async def test_a_lock_without_a_reason_is_not_asked_for(world: World, text: str) -> None:
    answer = await world.answer(await world.slack.command("U3MOD", text))
    assert "Please give a reason" in answer
    assert world.evidence.acts == []


async def test_a_member_appeals_by_the_code_of_the_notice_and_outsiders_learn_nothing(world: World) -> None:
    assert world.deps.intake is not None
    cases = world.deps.intake.cases
    ben = Account(platform=PlatformName.SLACK, community=CommunityId(wire.TEAM), member=MemberId("U2BEN"))
    case, _ = await decided_case(cases, world.deps.clock, ben)
    for text in (f"appeal {case.id}", "appeal", "appeal C-2026-000099 It was a play."):
        assert "Nothing was sent." in await world.answer(await world.slack.command("U2BEN", text))
    stranger = await world.answer(await world.slack.command("U1ANN", f"appeal {case.id} Let me in."))
    assert f"There is nothing under {case.id} that you could appeal against." in stranger
    told = await world.answer(await world.slack.command("U2BEN", f"appeal {case.id.lower()}\nIt was a play.\nLook."))
    assert f"Your appeal in {case.id} is kept." in told
    kept = await cases.get(case.id)
    assert kept is not None
    (made,) = [one.what for one in kept.history if isinstance(one.what, AppealMade)]
    assert made.grounds == "It was a play.\nLook."


async def test_a_member_sees_how_their_own_reports_stand(world: World) -> None:
    said = await world.slack.say("U1ANN", HARMLESS)
    link = f"https://branch.slack.com/archives/{GENERAL}/p{said.ts.replace('.', '')}"
    assert "Nothing that you reported" in await world.answer(await world.slack.command("U2BEN", "myreports"))
    await world.answer(await world.slack.command("U2BEN", f"report <{link}> She says this every week."))
    told = await world.answer(await world.slack.command("U2BEN", "myreports"))
    assert "Your report R-2026-000001 was received on" in told
    assert "It waits for somebody to look at it." in told
    assert "Nothing that you reported" in await world.answer(await world.slack.command("U1ANN", "myreports"))
    assert "No report has this code." in await world.answer(await world.slack.command("U1ANN", "myreports ABCD"))


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_a_guest_reports_by_link_only_from_channels_that_they_are_in(world: World, kind: str) -> None:
    said = await world.slack.say("U1ANN", HARMLESS)
    link = f"https://branch.slack.com/archives/{GENERAL}/p{said.ts.replace('.', '')}"
    world.slack.users["U5GUEST"] = {**world.slack.users["U2BEN"], "id": "U5GUEST", kind: True}
    world.slack.outside.add("U5GUEST")
    shut = await world.answer(await world.slack.command("U5GUEST", f"report <{link}> Look"))
    assert "you or the app are not in" in shut
    world.slack.outside.clear()
    assert "The moderators have your report" in await world.answer(
        await world.slack.command("U5GUEST", f"report <{link}> Look")
    )
