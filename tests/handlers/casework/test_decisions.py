"""What members live through when a case about them, or one they reported, is decided."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.slack_adapter.cards import notice
from handlers.casework.deciding import LONGEST_TEXT
from handlers.casework.decisions import Proposal, approve, decide, lift, task_done, waiting_for_approval
from handlers.casework.notices import letter_for, owed_letters
from handlers.casework.ports import CaseChanged
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.case import NotAllowed
from policies.casework.grid import Row, read_range
from policies.casework.policy_book import Edition, PolicyBook
from policies.casework.seen import as_seen
from policies.casework.words import CaseState, Delivery, HeavyAct, NoticeKind, Office, Part, Sanction, Verdict
from policies.decisions import OutcomeStatus
from policies.findings import Category
from tests.fakes.tribunal import ALBA, BOB, BOB_ON_SLACK, DAN, DORA, IDA, IVO, MAIR, PRIYA, RITA, Tribunal, grid_policy


@pytest.fixture
def tribunal() -> Tribunal:
    """Give a branch in which nothing has been decided yet."""
    return Tribunal()


async def test_somebody_who_is_muted_is_told_why_before_they_are_muted(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    tribunal.world.journal.clear()
    decided = await decide(
        case.id, await tribunal.proposal(await tribunal.sanction(Sanction.MUTE, 7)), DORA, tribunal.deps
    )
    assert decided.waits_for == ()
    journal = tribunal.world.journal
    assert journal.index("member.told") < journal.index("sanction.put-on sanction-mute")
    letter = next(text for text in tribunal.told(BOB.member) if "imposes a mute for 7 days on you" in text)
    for said in (
        "“Clause about threats.” (threats)",
        "Small, version 1 (SHA-256 of the file: 000",
        "The message is on record.",
        "from a report; we tell nobody who made one",
        "Written rules noticed it automatically. A person decided it, not a machine.",
        "you can appeal until 3 November 2026: type /appeal C-2026-000001 and your reasons on Discord, or type"
        " /hustings appeal C-2026-000001 and your reasons on Slack, or write to the branch and name C-2026-000001",
        "It ends by itself at 12:00 UTC on 10 May 2026.",
        "in all our channels on Discord",
    ):
        assert said in letter, (said, letter)
    case = decided.case
    assert case.state is CaseState.DECIDED
    (imposed,) = case.of(e.SanctionImposed)
    assert isinstance(imposed.what, e.SanctionImposed)
    assert imposed.what.detail == "Discord: done"


async def test_whoever_reported_and_whoever_it_was_aimed_at_hear_how_it_ended(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    await decide(case.id, await tribunal.proposal(await tribunal.sanction(Sanction.WARNING)), DORA, tribunal.deps)
    reporter, target = tribunal.told(PRIYA.member)[-1], tribunal.told(MAIR.member)[-1]
    assert "which you reported. We found that our rules were broken. We have acted on it" in reporter
    assert "Nobody was told that you reported it." in reporter
    assert "about something that was aimed at you" in target
    assert "Help: ring the members' line." in target
    assert "you reported" not in target


async def test_reasons_that_name_somebody_are_refused_with_the_word_that_does(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    mute = await tribunal.sanction(Sanction.MUTE, 7)
    for text in ("As Priya says, it was a threat.", "@priya.n saw it.", "PRIYA NAIR told us.", "Mair was hurt by it."):
        with pytest.raises(NotAllowed, match="name a member: “"):
            await decide(case.id, await tribunal.proposal(mute, reasons=text), DORA, tribunal.deps)
    with pytest.raises(NotAllowed, match="repeats the words of a report: “he said it to my”"):
        await decide(
            case.id, await tribunal.proposal(mute, reasons="He said it to my face at the count."), DORA, tribunal.deps
        )
    ban = replace(mute, kind=Sanction.BAN, until=None, departure="Because Priya is afraid.")
    with pytest.raises(NotAllowed, match="departing from the grid name a member"):
        await decide(case.id, await tribunal.proposal(ban), DORA, tribunal.deps)
    assert (await tribunal.now(case.id)).state is CaseState.INVESTIGATING
    await decide(case.id, await tribunal.proposal(mute, reasons="Bob wrote it."), DORA, tribunal.deps)


async def test_a_choice_outside_the_grid_needs_its_reasons_and_the_member_reads_them(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    harsh = await tribunal.sanction(Sanction.REMOVAL)
    with pytest.raises(NotAllowed, match="The grid allows warning to suspension 28d here, and removal was chosen"):
        await decide(case.id, await tribunal.proposal(harsh), DORA, tribunal.deps)
    with pytest.raises(NotAllowed, match="nothing was chosen"):
        await decide(case.id, await tribunal.proposal(), DORA, tribunal.deps)
    why = replace(harsh, departure="It was the tenth in one night")
    await decide(case.id, await tribunal.proposal(why), DORA, tribunal.deps)
    letter = next(text for text in tribunal.told(BOB.member) if "imposes removal" in text)
    assert "This goes outside what the rules usually allow, because: It was the tenth in one night." in letter
    assert "What the rules allow here is" in letter


async def test_an_earlier_sanction_under_another_account_on_the_other_platform_counts(tribunal: Tribunal) -> None:
    first = await tribunal.investigated()
    week = await tribunal.sanction(Sanction.SUSPENSION, 7)
    await decide(first.id, await tribunal.proposal(week), DORA, tribunal.deps)
    await tribunal.cases.link(BOB, BOB_ON_SLACK, "ida")
    await tribunal.passes(timedelta(days=30))
    second = await tribunal.investigated(decider="dan")
    with pytest.raises(NotAllowed, match="The grid allows suspension 28d to ban here"):
        await decide(second.id, await tribunal.proposal(await tribunal.sanction(Sanction.MUTE, 7)), DAN, tribunal.deps)


async def test_rules_are_never_applied_to_what_came_before_them(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    later = replace(grid_policy(2), rules=(), sha256="9" * 64)
    tribunal.policies = PolicyBook([*tribunal.policies.editions, Edition(tribunal.world.clock.now(), later)])
    tribunal.restart()
    mute = await tribunal.sanction(Sanction.MUTE, 7)
    decided = await decide(case.id, await tribunal.proposal(mute), DORA, tribunal.deps)
    decision = decided.case.decision
    assert decision is not None
    assert decision.policy is not None
    assert decision.policy.version == 1
    assert "Small, version 1" in tribunal.told(BOB.member)[-1]
    tribunal.policies = PolicyBook([Edition(tribunal.world.clock.now(), later)])
    tribunal.restart()
    second = await tribunal.investigated(decider="dan")
    with pytest.raises(NotAllowed, match="Nobody is judged by rules that came later"):
        await decide(second.id, await tribunal.proposal(mute), DAN, tribunal.deps)


async def test_a_ban_takes_two_people_and_waits_for_the_second(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    ban = await tribunal.sanction(Sanction.BAN, departure="He said where she lives.")
    asked = await decide(case.id, await tribunal.proposal(ban), DORA, tribunal.deps)
    assert asked.waits_for == (HeavyAct.BAN,)
    assert asked.case.state is CaseState.INVESTIGATING
    assert not tribunal.world.discord.restricted
    with pytest.raises(NotAllowed, match="Somebody else has to agree"):
        await approve(case.id, DORA, "yes", tribunal.deps)
    for outsider in (DAN, IDA, ALBA):
        with pytest.raises(NotAllowed, match=r"is not yours to see|not for the office|That is not"):
            await approve(case.id, outsider, "yes", tribunal.deps)
    for granted in (True, False):
        with pytest.raises(NotAllowed, match="says why"):
            await approve(case.id, RITA, " ", tribunal.deps, granted=granted)
    done = await approve(case.id, RITA, "I read the message and agree.", tribunal.deps)
    assert done.case.state is CaseState.DECIDED
    assert tribunal.world.discord.holds(BOB.member, Sanction.BAN, tribunal.world.clock.now())
    assert done.case.of(e.ApprovalUsed)
    with pytest.raises(NotAllowed, match="not yours to see"):
        await approve(case.id, RITA, "again", tribunal.deps)


async def test_the_second_person_agrees_to_what_they_read_and_not_to_what_took_its_place(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    ban = await tribunal.sanction(Sanction.BAN, departure="A second person was named in it.")
    await decide(case.id, await tribunal.proposal(ban, reasons="What is read."), DORA, tribunal.deps)
    await decide(case.id, await tribunal.proposal(ban, reasons="What was never seen."), DORA, tribunal.deps)
    for read in (None, 1, 3):
        with pytest.raises(NotAllowed, match="What waits in C-2026-000001 is proposal 2"):
            await approve(case.id, RITA, "I agree.", tribunal.deps, proposal=read)
    done = await approve(case.id, RITA, "I agree.", tribunal.deps, proposal=2)
    assert done.case.state is CaseState.DECIDED


async def test_what_the_second_person_refuses_is_not_done(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    long = await tribunal.sanction(Sanction.SUSPENSION, 28)
    await decide(case.id, await tribunal.proposal(long), DORA, tribunal.deps)
    refused = await approve(case.id, RITA, "Too much.", tribunal.deps, granted=False)
    assert refused.case.state is CaseState.INVESTIGATING
    assert waiting_for_approval(refused.case) is None
    assert not tribunal.world.discord.restricted


async def test_what_was_approved_of_another_matter_does_not_count(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    long = await tribunal.sanction(Sanction.SUSPENSION, 28)
    asked = await decide(case.id, await tribunal.proposal(long), DORA, tribunal.deps)
    found = e.Happened(at=tribunal.world.clock.now(), by=IVO, what=e.FactFound(words="It was a song."))
    await tribunal.cases.append(case.id, found, version=asked.case.version)
    with pytest.raises(NotAllowed, match="Something was added"):
        await approve(case.id, RITA, "yes", tribunal.deps)


async def test_a_warning_for_a_protected_person_takes_two_people() -> None:
    tribunal = Tribunal(protected=frozenset({"bob"}))
    case = await tribunal.investigated()
    asked = await decide(
        case.id, await tribunal.proposal(await tribunal.sanction(Sanction.WARNING)), DORA, tribunal.deps
    )
    assert asked.waits_for == (HeavyAct.AGAINST_PROTECTED,)


async def test_nobody_decides_out_of_office_or_with_a_stake_or_on_an_old_view(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    proposal = await tribunal.proposal(await tribunal.sanction(Sanction.WARNING))
    for by in (IDA, IVO, ALBA, RITA):
        with pytest.raises(NotAllowed, match=r"not for the office|not yours to see"):
            await decide(case.id, proposal, by, tribunal.deps)
    with pytest.raises(CaseChanged):
        await decide(case.id, proposal, DORA, tribunal.deps, version=case.version - 1)
    declared = e.PersonNamed(person=await tribunal.bob(), part=case.people[0].part)
    officers = tuple(
        replace(officer, person=declared.person) if officer.id == "dora" else officer
        for officer in tribunal.deps.register.officers
    )
    register = replace(tribunal.deps.register, officers=officers)
    deps = replace(tribunal.deps, register=register, access=tribunal.access(register))
    with pytest.raises(NotAllowed, match="not yours to see"):
        await decide(case.id, proposal, DORA, deps)
    assert (await tribunal.now(case.id)).state is CaseState.INVESTIGATING


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rules": ()}, "Name the rule"),
        ({"rules": ("thraets",)}, "has no rule 'thraets'"),
        ({"verdict": Verdict.NOT_UPHELD}, "Nobody is sanctioned where the verdict is"),
        ({"reasons": "  "}, "reasons in words"),
    ],
)
async def test_a_decision_that_does_not_hold_together_is_refused(
    tribunal: Tribunal, change: dict[str, object], said: str
) -> None:
    case = await tribunal.investigated()
    proposal = await tribunal.proposal(await tribunal.sanction(Sanction.WARNING))
    broken: Proposal = replace(proposal, **change)  # type: ignore[arg-type]  # the fields of a proposal
    with pytest.raises(NotAllowed, match=said):
        await decide(case.id, broken, DORA, tribunal.deps)


async def test_what_slack_cannot_do_is_asked_of_somebody_named_once(tribunal: Tribunal) -> None:
    await tribunal.cases.person(BOB)
    await tribunal.cases.link(BOB, BOB_ON_SLACK, "ida")
    case = await tribunal.investigated()
    week = await tribunal.sanction(Sanction.SUSPENSION, 7)
    decided = await decide(case.id, await tribunal.proposal(week), DORA, tribunal.deps)
    ((holder, notice),) = tribunal.alarms.told
    assert holder == "case-secretary"
    assert notice.paragraphs[0].startswith("Please impose a suspension on Slack, account U0BOB, until 12:00 UTC")
    assert notice.paragraphs[1] == f"When it is done: hustings cases done {case.id} T1"
    (imposed,) = decided.case.of(e.SanctionImposed)
    assert isinstance(imposed.what, e.SanctionImposed)
    assert imposed.what.detail == "Discord: done; Slack: by hand (T1)"
    await tribunal.passes(timedelta(hours=1))
    assert len(tribunal.alarms.told) == 1
    await task_done(case.id, "T1", "", IDA, tribunal.deps)
    with pytest.raises(NotAllowed, match="done already"):
        await task_done(case.id, "T1", "", IDA, tribunal.deps)
    await tribunal.passes(timedelta(days=7))
    assert "Please end a suspension on Slack" in tribunal.alarms.told[-1][1].paragraphs[0]


async def test_a_suspension_takes_the_roles_and_its_end_gives_them_back(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    week = await tribunal.sanction(Sanction.SUSPENSION, 7)
    await decide(case.id, await tribunal.proposal(week), DORA, tribunal.deps)
    assert tribunal.world.discord.roles[BOB.member] == set()
    await tribunal.passes(timedelta(days=6, hours=23))
    assert tribunal.world.discord.roles[BOB.member] == set()
    tribunal.restart()
    await tribunal.passes(timedelta(hours=1))
    assert tribunal.world.discord.roles[BOB.member] == {"canvasser", "poster"}
    assert not tribunal.world.discord.restricted
    assert "Its time is over." in tribunal.told(BOB.member)[-1]
    (ended,) = (await tribunal.now(case.id)).of(e.SanctionEnded)
    assert isinstance(ended.what, e.SanctionEnded)
    assert not ended.what.lifted


async def test_lifting_a_suspension_early_gives_back_what_it_took(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    week = await tribunal.sanction(Sanction.SUSPENSION, 7)
    await decide(case.id, await tribunal.proposal(week), DORA, tribunal.deps)
    with pytest.raises(NotAllowed, match="No ban"):
        await lift(case.id, Sanction.BAN, week.on, "why not", DORA, deps=tribunal.deps)
    lifted = await lift(case.id, Sanction.SUSPENSION, week.on, "He apologised.", DORA, deps=tribunal.deps)
    assert tribunal.world.discord.roles[BOB.member] == {"canvasser", "poster"}
    (ended,) = lifted.of(e.SanctionEnded)
    assert isinstance(ended.what, e.SanctionEnded)
    assert ended.what.lifted
    assert "It was lifted before its time." in tribunal.told(BOB.member)[-1]


async def test_a_letter_that_nobody_takes_is_tried_three_times_and_then_shown(tribunal: Tribunal) -> None:
    tribunal.world.discord.answers["notify"].extend([OutcomeStatus.REFUSED] * 100)
    case = await tribunal.investigated()
    await decide(case.id, await tribunal.proposal(await tribunal.sanction(Sanction.MUTE, 7)), DORA, tribunal.deps)
    assert tribunal.world.discord.holds(BOB.member, Sanction.MUTE, tribunal.world.clock.now())
    for _ in range(60):
        await tribunal.passes(timedelta(minutes=5))
    bob = await tribunal.bob()
    tried = [
        (one.what.attempt, one.what.delivery)
        for one in (await tribunal.now(case.id)).of(e.NoticeTried)
        if isinstance(one.what, e.NoticeTried)
        and one.what.kind is NoticeKind.STATEMENT_OF_REASONS
        and one.what.to == bob
    ]
    assert tried == [(1, Delivery.FAILED), (2, Delivery.FAILED), (3, Delivery.SHOWN_INSTEAD)]


async def test_when_a_name_cannot_be_looked_up_nothing_is_decided(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    tribunal.world.discord.broken, tribunal.world.discord.broken_verbs = 1, frozenset({"names"})
    proposal = await tribunal.proposal(await tribunal.sanction(Sanction.WARNING))
    with pytest.raises(NotAllowed, match="Discord does not answer"):
        await decide(case.id, proposal, DORA, tribunal.deps)
    assert (await tribunal.now(case.id)).state is CaseState.INVESTIGATING


async def test_a_ban_is_lifted_by_two_people_and_not_by_one(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    ban = await tribunal.sanction(Sanction.BAN, departure="It was the third time.")
    await decide(case.id, await tribunal.proposal(ban), DORA, tribunal.deps)
    await approve(case.id, RITA, "I agree.", tribunal.deps)
    asked = await lift(case.id, Sanction.BAN, ban.on, "He is a friend.", DORA, deps=tribunal.deps)
    assert not asked.of(e.SanctionLifted)
    assert tribunal.world.discord.restricted
    with pytest.raises(NotAllowed, match="the person who asked for this"):
        await lift(case.id, Sanction.BAN, ban.on, "Again.", DORA, deps=tribunal.deps)
    lifted = await lift(case.id, Sanction.BAN, ban.on, "I agree.", IVO, deps=tribunal.deps)
    (happened,) = lifted.of(e.SanctionLifted)
    assert happened.by == DORA
    assert not tribunal.world.discord.restricted


async def test_nothing_is_decided_as_if_it_were_still_to_happen(tribunal: Tribunal) -> None:
    case = await tribunal.investigated(with_incident=False)
    later = replace(
        await tribunal.proposal(await tribunal.sanction(Sanction.WARNING)),
        conduct_at=tribunal.world.clock.now() + timedelta(days=1),
    )
    with pytest.raises(NotAllowed, match="has happened already"):
        await decide(case.id, later, DORA, tribunal.deps)


async def test_an_investigator_who_tries_names_as_the_reporter_does_not_learn_who_it_was(tribunal: Tribunal) -> None:
    case = await tribunal.investigated(anonymous=True)
    for account in (PRIYA, MAIR):
        person = await tribunal.cases.person(account)
        case = await tribunal.now(case.id)
        for what in (
            e.StatementTaken(part=Part.REPORTER, person=person, words="x"),
            e.PersonNamed(person=person, part=Part.REPORTER),
        ):
            happened = e.Happened(at=tribunal.world.clock.now(), by=IVO, what=what)
            case = await tribunal.cases.append(case.id, happened, version=case.version)
    seen = as_seen(case, Office.INVESTIGATOR)
    tried = [one.what.person for one in seen.of(e.StatementTaken) if isinstance(one.what, e.StatementTaken)]
    assert tried == [None, None]
    assert len(set(seen.with_part(Part.REPORTER))) == 1


TIMES = ("first", "second", "further")


async def test_a_case_without_an_incident_is_judged_by_the_category_that_triage_gave_it() -> None:
    tribunal = Tribunal()
    grid = (
        Row(categories=frozenset({Category.HARASSMENT}), **dict.fromkeys(TIMES, read_range("suspension 7d"))),
        Row(**dict.fromkeys(TIMES, read_range("warning"))),
    )
    policy = replace(tribunal.world.policy, sanctions=replace(tribunal.world.policy.sanctions, grid=grid))
    tribunal.policies = PolicyBook.of(policy)
    tribunal.restart()
    case = await tribunal.investigated(with_incident=False)
    proposal = await tribunal.proposal(await tribunal.sanction(Sanction.SUSPENSION, 7))
    with pytest.raises(NotAllowed, match="write down why this case departs from it"):
        await decide(case.id, proposal, DORA, tribunal.deps)
    what = e.SeveritySet(severity=case.severity, categories=(Category.HARASSMENT,))
    now = tribunal.world.clock.now()
    await tribunal.cases.append(case.id, e.Happened(at=now, by=IDA, what=what), version=case.version)
    decided = (await decide(case.id, proposal, DORA, tribunal.deps)).case
    assert decided.categories == (Category.HARASSMENT,)
    with pytest.raises(NotAllowed, match="its categories stay as they are"):
        await tribunal.cases.append(case.id, e.Happened(at=now, by=IDA, what=what), version=decided.version)


@pytest.mark.parametrize(
    ("reasons", "why"),
    [
        pytest.param("word " * 2_000, "more than a letter holds", id="so-long-that-the-way-to-appeal-is-cut-off"),
        pytest.param("You did it.\u202e.ti did uoY", r"U\+202E", id="turned-round"),
        pytest.param("You did it.\x1b[2J", r"U\+001B", id="steering-a-screen"),
    ],
)
async def test_no_letter_is_made_that_its_reader_cannot_read(tribunal: Tribunal, reasons: str, why: str) -> None:
    case = await tribunal.investigated()
    mute = await tribunal.sanction(Sanction.MUTE, 7)
    with pytest.raises(NotAllowed, match=why):
        await decide(case.id, await tribunal.proposal(mute, reasons=reasons), DORA, tribunal.deps)
    assert (await tribunal.now(case.id)).decision is None


async def test_the_longest_reasons_leave_the_way_to_appeal_in_the_letter_on_slack(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    week = await tribunal.sanction(Sanction.MUTE, 7, departure="d" * LONGEST_TEXT)
    decided = await decide(case.id, await tribunal.proposal(week, reasons="r" * LONGEST_TEXT), DORA, tribunal.deps)
    (owed,) = [one for one in owed_letters(decided.case) if one.sanction is not None]
    letter = await letter_for(decided.case, owed, tribunal.deps)
    shown = notice(Notice(title=letter.title, paragraphs=letter.paragraphs))
    last = letter.paragraphs[-1].split()[-1].strip(".")
    assert last in str(shown.blocks[-1])
