"""The options that narrow a list of incidents, which several commands share."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from inspect import Signature, signature
from typing import Annotated, Any

import typer

from bot.clock import SystemClock
from handlers.ports import IncidentFilter
from policies.decisions import Action, OutcomeStatus
from policies.findings import Category
from policies.identifiers import MemberId, PlatformName
from policies.incidents import IncidentState
from policies.problems import did_you_mean

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _moment(value: str) -> datetime:
    """Read a date, a date and time, or how long ago."""
    if ago := re.fullmatch(r"(\d{1,5})([mhdw])", value):
        return SystemClock().now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(
            "write a date (2026-05-03), a date and time in UTC (2026-05-03T14:00), or how long ago (30m, 24h, 7d, 2w)"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _outcome(value: str) -> str:
    """Read a status, or an action and its status."""
    if not value:
        return value
    action, _, status = value.rpartition(":")
    if action and action not in tuple(Action):
        raise typer.BadParameter(f"there is no action {action!r}. {did_you_mean(action, tuple(Action))}")
    if status not in tuple(OutcomeStatus):
        raise typer.BadParameter(f"no outcome is called {status!r}. {did_you_mean(status, tuple(OutcomeStatus))}")
    return value


Since = Annotated[datetime | None, typer.Option(parser=_moment, metavar="WHEN", help="From then on; 7d means ago.")]
Until = Annotated[datetime | None, typer.Option(parser=_moment, metavar="WHEN", help="Before then.")]
Channel = Annotated[str, typer.Option(help="In this channel, by its name or id.")]
OnPlatform = Annotated[PlatformName | None, typer.Option("--platform", help="On this platform.")]
Rule = Annotated[str, typer.Option(help="Where this rule applied.")]
OfCategory = Annotated[Category | None, typer.Option("--category", help="Of this category.")]
WithAction = Annotated[Action | None, typer.Option("--action", help="Where this was decided.")]
Outcome = Annotated[
    str, typer.Option(parser=_outcome, metavar="STATUS", help="Where something ended so: refused, or hide:refused.")
]
State = Annotated[IncidentState | None, typer.Option("--state", help="That stand so with the moderators.")]
ByAuthor = Annotated[str, typer.Option("--author", help="By this member: the id, which `show` tells, not the name.")]


def narrowed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that narrow a list; it takes what they come to as `wanted`."""
    options = signature(_wanted).parameters

    @wraps(command)
    def with_options(**given: Any) -> None:
        command(wanted=_wanted(**{name: given.pop(name) for name in options}), **given)

    own = [parameter for name, parameter in signature(command).parameters.items() if name != "wanted"]
    shown = Signature([*options.values(), *own])
    with_options.__signature__ = shown  # type: ignore[attr-defined] # what typer makes the options from
    return with_options


def _wanted(
    *,
    since: Since = None,
    until: Until = None,
    channel: Channel = "",
    platform: OnPlatform = None,
    rule: Rule = "",
    category: OfCategory = None,
    action: WithAction = None,
    outcome: Outcome = "",
    state: State = None,
    author: ByAuthor = "",
) -> IncidentFilter:
    return IncidentFilter(
        since=since,
        until=until,
        channel=channel,
        platform=platform,
        rule=rule,
        category=category,
        action=action,
        outcome=outcome,
        state=state,
        author=MemberId(author) if author else None,
    )
