"""What people see on Discord: alert cards with buttons, forms, notices and reposts, nothing unescaped."""

import re
from dataclasses import dataclass
from typing import Self

import discord
from discord import ui

from handlers.ports import AlertCard, Notice
from policies.acts import Verb
from policies.events import MessagePosted
from policies.identifiers import IncidentId
from policies.incidents import Incident

MESSAGE_LIMIT = 2000
_EMBED_LIMIT = 4096
_QUOTE_LIMIT = 1800  # Discord allows 4,000 characters over a whole card.
_LIST_LIMIT = 700
_LINE_LIMIT = 200
_REASON_LIMIT = 1000

_MARKUP = re.compile(r"[\\*_~|`\[\]<>#]|:(?=//)|^\s*[-+](?=\s)", re.MULTILINE)
_OPEN, _SETTLED = discord.Colour.dark_red(), discord.Colour.dark_grey()
_BUTTON = r"hustings:(?P<verb>uphold|not-abuse):(?P<incident>.{1,70}):(?P<version>\d{1,9})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button on an alert card stands for; travels in the button's id, so it outlives the process."""

    incident: IncidentId
    version: int
    verb: Verb


class VerdictButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=_BUTTON):
    """Uphold or Not abuse on an alert card; tells the client `verdict_pressed`."""

    def __init__(self, press: Press, *, disabled: bool = False) -> None:
        upholds = press.verb is Verb.UPHOLD
        super().__init__(
            ui.Button(
                label="Uphold" if upholds else "Not abuse",
                style=discord.ButtonStyle.danger if upholds else discord.ButtonStyle.secondary,
                custom_id=f"hustings:{press.verb}:{press.incident}:{press.version}",
                disabled=disabled,
            )
        )
        self.press = press

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button again from its id, as after a restart."""
        incident, version = IncidentId(match["incident"]), int(match["version"])
        return cls(Press(incident=incident, version=version, verb=Verb(match["verb"])))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Pass the press on to the client's event boundary."""
        interaction.client.dispatch("verdict_pressed", interaction, self.press)


class DecideForm(ui.Modal):
    """Asks a moderator for the reason of a verdict; tells the client `verdict_given`.

    Each opening has an id of its own: two moderators may have the same incident's form open.
    """

    def __init__(self, press: Press, *, opened_by: int) -> None:
        upholds = press.verb is Verb.UPHOLD
        super().__init__(
            title="Uphold" if upholds else "Not abuse",
            custom_id=f"hustings:decide:{opened_by}",
            timeout=15 * 60,
        )
        self._press = press
        self._reason = _reason_input()
        self.add_item(
            ui.Label(
                text="Reason",
                description="Kept with the decision; others must be able to follow it.",
                component=self._reason,
            )
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Pass the verdict on to the client's event boundary."""
        interaction.client.dispatch("verdict_given", interaction, self._press, self._reason.value)


class ReportForm(ui.Modal):
    """Asks a member what is wrong with a message; tells the client `report_sent`."""

    def __init__(self, message: MessagePosted, *, opened_by: int) -> None:
        super().__init__(
            title="Report to moderators",
            custom_id=f"hustings:report:{opened_by}",
            timeout=15 * 60,
        )
        self._message = message
        self._reason = _reason_input()
        self.add_item(
            ui.Label(
                text="What is wrong with it?",
                description="Moderators see your name and reason. The author is not told who reported it.",
                component=self._reason,
            )
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Pass the report on to the client's event boundary."""
        interaction.client.dispatch("report_sent", interaction, self._message, self._reason.value)


def alert(card: AlertCard) -> ui.LayoutView:
    """Show an incident to moderators; the buttons are disabled as soon as somebody settled it."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_SETTLED if card.settled else _OPEN)
    place = f"#{plain(card.channel_name or card.channel, 100)}"
    where = f"[{place}]({card.link})" if card.link.startswith("https://") else place
    container.add_item(ui.TextDisplay(f"### {plain(card.headline, _LINE_LIMIT)}"))
    about = f"**Author** {plain(card.author_name, 100)} (`{_code(card.author)}`) · **Channel** {where}"
    if card.channel and not card.author:
        container.add_item(ui.TextDisplay(f"**Channel** <#{_code(card.channel)}>"))
    elif card.channel:  # word that the record works again is about no message
        named = f"{about} · **Incident** `{_code(card.incident)}`" if card.incident else about
        container.add_item(ui.TextDisplay(named))
        quoted = plain(card.masked_text, _QUOTE_LIMIT)
        container.add_item(ui.TextDisplay(f"||{quoted}||" if quoted.strip() else "*(no text)*"))
    for title, sentences in (("Why", card.why), ("Done", card.done)):
        if sentences:
            container.add_item(ui.TextDisplay(f"**{title}**\n{_bullets(sentences)}"))
    if card.settled:
        container.add_item(ui.TextDisplay(plain(card.settled, 2 * _LINE_LIMIT)))
    elif card.due_at is not None:
        container.add_item(ui.TextDisplay(f"To be looked at <t:{int(card.due_at.timestamp())}:R>"))
    if card.incident:  # An alarm about the record itself has nothing to decide.
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        for verb in (Verb.UPHOLD, Verb.NOT_ABUSE):
            press = Press(incident=card.incident, version=card.version, verb=verb)
            row.add_item(VerdictButton(press, disabled=bool(card.settled)))
        container.add_item(row)
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    return view


def notice(told: Notice) -> list[str]:
    """Show a notice to one member, in as many messages as its length needs."""
    return pieces([f"**{plain(told.title, _LINE_LIMIT)}**", *(plain(part) for part in told.paragraphs)])


def restored(incident: Incident, note: str) -> discord.Embed:
    """Show again a message that was deleted: who wrote it, when, the words, and the note."""
    event = incident.event
    written = event.posted_at if isinstance(event, MessagePosted) else event.edited_at
    embed = discord.Embed(description=event.text[:_EMBED_LIMIT] or "(no text)", timestamp=written)
    embed.set_author(name=f"{event.author.name or event.author.handle} wrote:"[:256])
    if event.attachments:
        names = ", ".join(file.name or file.id for file in event.attachments)
        embed.add_field(name="Files, not shown again here", value=plain(names, 1000), inline=False)
    embed.set_footer(text=note[:2048])
    return embed


def plain(text: str, limit: int = 10 * MESSAGE_LIMIT) -> str:
    """Make a text show as it is, cut to a length: no markdown, no mention, no link in it takes effect."""
    shown = _MARKUP.sub(_escaped, sendable(text[:limit]))
    if len(text) <= limit and len(shown) <= limit:
        return shown
    return shown[: limit - 1] + "…"


def sendable(text: str) -> str:
    """Replace what cannot travel as UTF-8 (lone surrogates) and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")


def pieces(paragraphs: list[str], *, separator: str = "\n\n", limit: int = MESSAGE_LIMIT) -> list[str]:
    """Join paragraphs into as few messages as Discord's limit allows."""
    messages: list[str] = []
    for paragraph in paragraphs:
        for start in range(0, len(paragraph), limit):
            part = paragraph[start : start + limit]
            if messages and len(messages[-1]) + len(separator) + len(part) <= limit:
                messages[-1] = f"{messages[-1]}{separator}{part}"
            else:
                messages.append(part)
    return messages


def _reason_input() -> ui.TextInput[ui.Modal]:
    # Without an id of its own, an input that was open over a restart could not be read.
    return ui.TextInput(custom_id="hustings:reason", style=discord.TextStyle.paragraph, max_length=_REASON_LIMIT)


def _escaped(mark: re.Match[str]) -> str:
    return f"{mark[0][:-1]}\\{mark[0][-1]}"


def _bullets(sentences: tuple[str, ...]) -> str:
    shown, room = [], _LIST_LIMIT
    for sentence in sentences:
        line = f"- {plain(sentence, _LINE_LIMIT)}"
        room -= len(line) + 1
        if room < 0:
            shown.append("- …")
            break
        shown.append(line)
    return "\n".join(shown)


def _code(text: str) -> str:
    return sendable(text).replace("`", "'")[:100]
