"""What the demo shows: a line for each message, a summary at the end, and the same as JSON for machines."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.demo import Deed, Scene
from bot.demo_folder import EXPORTS
from bot.replay_adapter.platform import Recorded
from bot.store.sqlite.store import FILE
from bot.verdict_lines import STYLES, say, show_line
from bot.verdicts import ALERTED, LEFT, counted, listed, not_possible, one_line, shown, where, why
from policies.acts import Verb
from policies.decisions import Action
from policies.events import MessageEdited
from policies.identifiers import PlatformName
from policies.incidents import Incident

_DID = {
    Verb.REPORT: "a member, reports it to the moderators",
    Verb.NOT_ABUSE: "a moderator, presses Not abuse",
    Verb.UPHOLD: "a moderator, presses Uphold",
}
_PEOPLE = {
    "reported": "{}, a member, reported a message that no rule had caught.",
    "restored": "{}, a moderator, found the bot wrong: the message is back and its author can post again.",
    "not-abuse": "{}, a moderator, found the bot wrong about a message that it had left standing.",
    "upheld": "{}, a moderator, found the bot right.",
    "open": "{} changed nothing.",
    "refused": "{} had nothing to decide.",
}
_ORDER = ("hidden", "held", "muted", ALERTED, LEFT)
_MEANS = {
    "hidden": "out of sight, kept as evidence",
    "held": "out of sight until a moderator decides",
    "muted": "besides, its author cannot post for 24 hours",
    ALERTED: "still there, moderators have a card",
    LEFT: "nothing done, no record of its own",
}


@dataclass(slots=True)
class Tally:
    """What the evening came to."""

    scenes: list[Scene] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    def add(self, part: Scene | Deed) -> None:
        """Count one part of the evening."""
        if isinstance(part, Scene):
            self.scenes.append(part)
        else:
            self.deeds.append(part)

    @property
    def incidents(self) -> list[Incident]:
        """The incidents that detection opened."""
        return [scene.incident for scene in self.scenes if scene.incident is not None]

    @property
    def unexpected(self) -> list[Scene | Deed]:
        """What ended otherwise than the transcript expects."""
        parts: tuple[Scene | Deed, ...] = (*self.scenes, *self.deeds)
        return [part for part in parts if not part.as_expected]

    @property
    def alike(self) -> int:
        """How many messages look like abuse and are not, those that a moderator had to put back among them."""
        return sum(scene.looks_like_abuse for scene in self.scenes) + self.put_back

    @property
    def spared(self) -> int:
        """How many of these were left."""
        return sum(scene.looks_like_abuse and scene.verdict == (LEFT,) for scene in self.scenes)

    @property
    def put_back(self) -> int:
        """How many were taken out of sight until a moderator found the bot wrong."""
        return sum("restored" in deed.verdict for deed in self.deeds)

    def verdicts(self, platform: PlatformName) -> Counter[str]:
        """Count the messages of a platform by their verdicts; one that led to two counts in both."""
        mine = (scene for scene in self.scenes if scene.event.ref.platform is platform)
        return Counter(verdict for scene in mine for verdict in scene.verdict)


def introduce(console: Console, messages: int) -> None:
    """Say what is about to be seen."""
    say(
        console,
        f"One evening in the channels of a made-up party branch: {messages} messages, half on Discord, half on Slack. "
        "Each goes the whole way that it would go in a live bot: it is read, judged by the house rules, kept if it "
        "matters, and acted on. Only the two platforms are stand-ins: nobody is touched. Abusive words are masked. "
        "Behind each message stands what was found in it or, where nothing was, what it is.",
    )
    console.print()


def show(console: Console, part: Scene | Deed) -> None:
    """Show one part of the evening."""
    show_line(
        console,
        part.verdict,
        place=f"{part.event.ref.platform.value.capitalize()} {where(part.event)}",
        author=part.event.author.name if isinstance(part, Scene) else part.actor.name,
        said=_said(part),
        reasons=_reasons(part),
    )


def sum_up(console: Console, tally: Tally, asked: list[Recorded], folder: Path, command: str) -> None:
    """Say what the evening came to, what each platform could do, and where to look next."""
    categories = Counter(
        c.value.replace("-", " ") for incident in tally.incidents for c in incident.decision.categories
    )
    told = Table.grid(padding=(0, 2))
    told.add_column(style="bold", no_wrap=True)
    told.add_column(max_width=88)
    for heading, words in (
        (
            "Spared",
            f"{tally.spared} of {tally.alike} messages that look like abuse and are not: they quote it, tell of it, "
            f"condemn it, argue hard, talk of elections as war, or swear at a printer.{_put_back(tally)}",
        ),
        ("Found", f"{listed(f'{name} {n}' for name, n in categories.most_common())}; one message can be several."),
        ("Discord", f"The bot {_did(asked, PlatformName.DISCORD)}."),
        ("Slack", f"The bot {_did(asked, PlatformName.SLACK)}. {_slack_cannot(tally)}"),
        ("People", " ".join(_PEOPLE[v].format(one_line(d.actor.name)) for d in tally.deeds for v in d.verdict)),
        (
            "Kept",
            f"{counted(len(tally.incidents) + _reports(tally), 'incident')} in {folder / FILE}, each on disk before "
            "anything was done about it.",
        ),
    ):
        told.add_row(heading, Text(words))
    console.print()
    console.print(_table(tally))
    console.print()
    console.print(told)
    console.print()
    console.print("Look further:", style="bold")
    restored = next((d.incident.id for d in tally.deeds if d.incident and d.verdict == ("restored",)), None)
    for suggestion in (
        f"incidents list --data {folder}",
        *([f"incidents show {restored} --data {folder}"] if restored else []),
        'explain "Somebody wrote under my photo that I should be shot"',
        f"replay {folder / EXPORTS / 'slack'}",
    ):
        console.print(f"  {command} {suggestion}", soft_wrap=True)


def complain(tally: Tally) -> str:
    """Say which verdicts are not those that the transcript expects, one a line."""
    wrong = tally.unexpected
    those = [
        f"  {part.event.ref.platform.value.capitalize()} {where(part.event)}, {one_line(part.event.author.name)}: "
        f"{' and '.join(part.verdict)} instead of {' and '.join(part.expected)}"
        for part in wrong
    ]
    is_not = "is" if len(wrong) == 1 else "are"
    return "\n".join([f"{counted(len(wrong), 'verdict')} {is_not} not as the transcript expects:", *those])


def as_object(part: Scene | Deed) -> dict[str, Any]:
    """Give a part of the evening for machines; the text is masked."""
    event, incident = part.event, part.incident
    values: dict[str, Any] = {
        "kind": "message" if isinstance(part, Scene) else "act",
        "id": event.ref.message,
        "platform": event.ref.platform.value,
        "channel": event.channel_name,
        "author": event.author.name,
        "text": shown(event, part.assessment),
        "verdict": list(part.verdict),
        "expected": list(part.expected),
        "as_expected": part.as_expected,
        "incident": incident.id if incident else None,
    }
    if isinstance(part, Deed):
        return values | {"verb": part.verb.value, "by": part.actor.name, "reason": part.reason}
    at = event.edited_at if isinstance(event, MessageEdited) else event.posted_at
    decision = incident.decision if incident else None
    return values | {
        "edited": isinstance(event, MessageEdited),
        "at": at.isoformat(),
        "shows": part.shows,
        "why": why(part.assessment),
        "stance": part.assessment.stance.value,
        "categories": [category.value for category in part.assessment.categories],
        "rules": [match.rule for match in decision.rules] if decision else [],
        "actions": [action.value for action in decision.actions] if decision else [Action.ALLOW.value],
        "outcomes": [
            {"action": record.outcome.action.value, "status": record.outcome.status.value}
            for record in (incident.outcomes if incident else ())
        ],
    }


def summary(tally: Tally, folder: Path) -> dict[str, Any]:
    """Give the summary for machines."""
    return {
        "kind": "summary",
        "messages": len(tally.scenes),
        "incidents": len(tally.incidents) + _reports(tally),
        "verdicts": {p.value: dict(sorted(tally.verdicts(p).items())) for p in PlatformName},
        "looked_like_abuse": tally.alike,
        "looked_like_abuse_and_left": tally.spared,
        "acts": len(tally.deeds),
        "unexpected": len(tally.unexpected),
        "data": str(folder),
    }


def _put_back(tally: Tally) -> str:
    if not tally.put_back:
        return ""
    return f" {counted(tally.put_back, 'message')} stood out of sight until a moderator put that right."


def _said(part: Scene | Deed) -> str:
    """Give what was said or done."""
    if isinstance(part, Deed):
        return f"{_DID[part.verb]}: {one_line(part.reason)}"
    edited = "(edited) " if isinstance(part.event, MessageEdited) else ""
    return f"{edited}{shown(part.event, part.assessment)}"


def _reasons(part: Scene | Deed) -> list[str]:
    """Give what was found and, where there is room, what the message is; the fullest form first."""
    if isinstance(part, Deed):
        forms = [f"about: {one_line(part.event.author.name)}, “{shown(part.event, part.assessment)}”"]
    elif part.assessment.findings:
        cannot = f"; {not_possible(part.incident)}" if part.incident and not_possible(part.incident) else ""
        found, all_found = why(part.assessment, most=1), why(part.assessment)
        forms = [f"{all_found}{cannot} ({part.shows})", f"{all_found}{cannot}", f"{found}{cannot}", found]
    else:
        forms = [part.shows]
    wrong = "" if part.as_expected else f"expected was {', '.join(part.expected).upper()}; "
    return [f"{wrong}{form}" for form in forms]


def _table(tally: Tally) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.add_column("")
    table.add_column("Discord", justify="right")
    table.add_column("Slack", justify="right")
    table.add_column("")
    counts = [tally.verdicts(PlatformName.DISCORD), tally.verdicts(PlatformName.SLACK)]
    for verdict in _ORDER:
        numbers = (str(count[verdict] or "-") for count in counts)
        name = Text(verdict.upper(), style=STYLES[verdict])
        table.add_row(name, *numbers, Text(_MEANS[verdict], style="dim"))
    return table


def _did(asked: list[Recorded], platform: PlatformName) -> str:
    there = [thing for thing in asked if thing.platform is platform]
    did = Counter(thing.did for thing in there)
    told_of = counted(len({thing.member for thing in there if thing.did == "notify"}), "author")
    told = {
        "hide": f"took {counted(did['hide'], 'message')} out of sight",
        "mute": f"muted {counted(len({thing.member for thing in there if thing.did == 'mute'}), 'author')}",
        "notify": f"sent {counted(did['notify'], 'notice')} to {told_of} with the rule and how to object",
        "alert": f"showed the moderators {counted(did['alert'], 'card')}",
        "restore": f"put {counted(did['restore'], 'message')} back",
        "unmute": f"lifted {counted(did['unmute'], 'mute')}",
    }
    return listed(words for name, words in told.items() if did[name])


def _slack_cannot(tally: Tally) -> str:
    """Say what the rules asked for and Slack does not let a bot do."""
    lacking = [(i, not_possible(i)) for i in tally.incidents if i.event.ref.platform is PlatformName.SLACK]
    standing = counted(sum("hide" in words for _, words in lacking), "message")
    posting = counted(len({i.event.author.id for i, words in lacking if "mute" in words}), "author")
    return (
        f"Slack lets a bot delete only its own messages and knows no mute, so {standing} that the rules would hide "
        f"still stand and {posting} can still post; moderators were alerted to each. With an administrator's token "
        "Hustings can delete on Slack too."
    )


def _reports(tally: Tally) -> int:
    """Count the reports that opened an incident of their own."""
    found = {incident.id for incident in tally.incidents}
    return sum(
        deed.verb is Verb.REPORT and deed.incident is not None and deed.incident.id not in found for deed in tally.deeds
    )
