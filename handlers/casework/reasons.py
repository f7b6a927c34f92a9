"""Making the statement of reasons for a sanction out of what is on record, and what the rules allowed."""

from datetime import datetime

from handlers.casework.deciding import DecidingDeps, incidents_of, window_end
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.grid import Range, earlier_sanctions
from policies.casework.outcomes import standing_rules
from policies.casework.people import PersonId
from policies.casework.statements import Source, Statement, appeal_command
from policies.casework.words import Channel
from policies.identifiers import PlatformName
from policies.incidents import Source as IncidentSource
from policies.rules import Policy


async def allowed_for(
    case: Case, on: PersonId, rules: tuple[str, ...], in_force: tuple[datetime, Policy], deps: DecidingDeps
) -> tuple[Range | None, int]:
    """Give the range of the grid for somebody, and how many earlier sanctions of theirs counted then."""
    conduct_at, policy = in_force
    earlier = 0
    for other in await deps.cases.of_person(on):
        if other.id != case.id:
            # After accounts were linked an older case may still hold an older name of the same person.
            for name in {chosen.on for chosen in _every_sanction(other)}:
                if await one_name(name, deps) == await one_name(on, deps):
                    earlier += len(earlier_sanctions(name, [other], conduct_at, policy.sanctions))
    return policy.sanctions.range_for(rules, case.categories, case.severity, earlier), earlier


async def one_name(person: PersonId, deps: DecidingDeps) -> PersonId:
    """Give the name under which somebody goes now, after whatever accounts were linked."""
    accounts = await deps.cases.accounts(person)
    return await deps.cases.person(accounts[0]) if accounts else person


async def statement_for(
    case: Case, chosen: e.SanctionChosen, number: int, starts: datetime, deps: DecidingDeps
) -> Statement:
    """Give the statement of reasons for one sanction of a decided case; `number` makes it unlike any other."""
    decision, appeal = case.decision, case.appeal_decision
    assert decision is not None
    newest = appeal if appeal is not None and chosen in appeal.sanctions else decision
    incidents = await incidents_of(case, deps)
    conduct_at = decision.conduct_at or case.opened_at
    policy = deps.policies.of_version(decision.policy) if decision.policy else deps.policies.at(conduct_at)
    rules = standing_rules(case)
    allowed, earlier = await allowed_for(case, chosen.on, rules, (conduct_at, policy), deps)
    accounts = await deps.cases.accounts(chosen.on)
    # An appeal that is decided ends the matter here: until then its window is what is left.
    begun = next(one.at for one in case.of(e.CaseDecided))
    return Statement(
        puid=f"{case.id}-{number}",
        case=case.id,
        organisation=deps.organisation,
        kind=chosen.kind,
        platforms=tuple(dict.fromkeys(account.platform for account in accounts)),
        starts=starts,
        ends=chosen.until,
        facts=newest.reasons,
        clauses=tuple((rule, policy.clause_of(rule)) for rule in rules),
        policy=policy.known_as,
        source=Source.REPORT if _was_reported(case) else Source.OWN,
        automated_detection=any(incident.source is IncidentSource.DETECTION for incident in incidents),
        deadline=window_end(case, deps) or begun,
        redress=redress(case, deps),
        categories=case.categories,
        conduct_at=conduct_at,
        allowed="" if allowed is None else str(allowed),
        earlier=earlier,
        departure=chosen.departure,
        stayed=chosen.kind in policy.sanctions.stayed_by_appeal,
        support=deps.support,
    )


def redress(case: Case, deps: DecidingDeps) -> str:
    """Say how to appeal."""
    typed = [
        f"{appeal_command(platform, case.id)} on {platform.value.capitalize()}"
        for platform in PlatformName
        if platform in deps.platforms
    ]
    return ", or ".join([*typed, f"write to {deps.organisation} and name {case.id}"])


def _was_reported(case: Case) -> bool:
    joined = (one.what for one in case.of(e.ReportJoined))
    return any(isinstance(what, e.ReportJoined) and what.report.new.channel is not Channel.DETECTION for what in joined)


def _every_sanction(case: Case) -> tuple[e.SanctionChosen, ...]:
    decided = (one.what for one in case.history if isinstance(one.what, e.CaseDecided | e.AppealDecided))
    return tuple(chosen for what in decided for chosen in what.sanctions)
