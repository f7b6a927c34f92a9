"""What people see in Slack: alert cards, notices and forms as Block Kit, nothing unescaped.

Every payload carries a `text` fallback for notifications and screen readers that holds nothing of
the message it is about.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from bot.slack_adapter.convert import Workspace, plain
from handlers.ports import AlertCard, Notice
from handlers.replies import Reply
from policies.events import MessagePosted
from policies.identifiers import IncidentId
from policies.incidents import Incident

Block = dict[str, object]

UPHOLD = "hustings_uphold"
NOT_ABUSE = "hustings_not_abuse"
DECIDE_FORM = "hustings_decide"
REPORT_FORM = "hustings_report"
REPORT_SHORTCUT = "report_message"
REASON_BLOCK = "reason"
REASON_INPUT = "text"

_SECTION = 2900  # Slack refuses a section of more than 3,000 characters.
_HEADER = 148
_QUOTE = 2900
_CONTEXT = 1900
_BLOCKS = 45  # Slack refuses a message of more than 50.


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message ready to be sent: blocks, and the fallback for where they are not shown."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button on an alert card stands for; travels in the button and in the form."""

    incident: IncidentId
    version: int

    def packed(self) -> str:
        """Give it as a button's value."""
        return f"{self.incident}@{self.version}"

    @staticmethod
    def unpacked(value: str) -> "Press | None":
        """Read a button's value; None where it is not one of ours."""
        incident, at, version = value.rpartition("@")
        return Press(incident=IncidentId(incident), version=int(version)) if at and version.isdecimal() else None


def alert(card: AlertCard, home: Workspace, *, stands: str = "") -> Message:
    """Show an incident to moderators, with two buttons while it is open and who settled it afterwards.

    `stands` says, where Hustings deletes nothing, who can.
    """
    profile = f"{_url(home.url)}/team/{card.author}" if home.url else ""
    place = f"#{card.channel_name or card.channel}"
    about = [_bold("Author "), _named(card.author_name, profile), _bold("   Channel "), _named(place, _url(card.link))]
    if card.incident:
        about += [_bold("   Incident "), {**_words(card.incident), "style": {"code": True}}]
    blocks = [_header(card.headline)]
    if card.channel and card.author:  # word that the record works again is about no message
        blocks += [_rich("section", about), _quote(card.masked_text)]
    elif card.channel:
        blocks.append(_context(f"Channel <#{escape(card.channel)}>"))
    if card.why:
        blocks.append(_list("Why", card.why))
    if card.done:
        blocks.append(_list("Done", card.done))
    if card.due_at and not card.settled:
        blocks.append(_context(f"To be looked at by {date(card.due_at)}"))
    if card.settled:
        blocks.append({"type": "context", "elements": [_plain(_one_line(card.settled), _CONTEXT)]})
    elif card.incident:
        if stands:
            blocks.append(_context(escape(stands)))
        value = Press(incident=card.incident, version=card.version).packed()
        blocks.append(
            {
                "type": "actions",
                "block_id": "hustings_verdict",
                "elements": [
                    _button("Uphold", UPHOLD, value, "danger"),
                    _button("Not abuse", NOT_ABUSE, value),
                ],
            }
        )
    named = f"{card.headline} ({card.incident})" if card.incident else card.headline
    return Message(text=escape(f"{named}: settled" if card.settled else named), blocks=blocks)


def reply(told: Reply, home: Workspace) -> Message:
    """Answer the person who gave a command, with the card of an incident where there is one."""
    blocks = _paragraphs(told.text)
    if told.card:
        blocks += alert(told.card, home).blocks
    short = told.card is None and "\n" not in told.text
    return Message(text=escape(told.text) if short else "Hustings has an answer for you.", blocks=blocks[:_BLOCKS])


def notice(told: Notice) -> Message:
    """Show a notice to one member; the fallback names only its title."""
    blocks = [_header(told.title)]
    for paragraph in told.paragraphs:
        blocks += _paragraphs(paragraph)
    return Message(text=escape(told.title), blocks=blocks[:_BLOCKS])


def restored(incident: Incident, note: str) -> Message:
    """Show again a message that was deleted: who wrote it, when, the words, and the note."""
    event = incident.event
    written = event.posted_at if isinstance(event, MessagePosted) else event.edited_at
    blocks = [_section(f"*{escape(event.author.name)}* wrote on {date(written)}:")]
    blocks.extend(_quote(piece) for piece in _pieces(event.text, _QUOTE)[: _BLOCKS - 3])
    if event.attachments:
        names = ", ".join(file.name or file.id for file in event.attachments)
        blocks.append(_context(f"It came with files, which are not shown again here: {escape(names)}"))
    blocks.append(_context(escape(note)))
    return Message(text=escape(note), blocks=blocks)


def decide_form(verb_title: str, press: Press, callback_verb: str) -> Block:
    """Ask a moderator for the reason of a verdict."""
    meta = json.dumps({"incident": press.incident, "version": press.version, "verb": callback_verb})
    return _form(
        DECIDE_FORM,
        title=verb_title,
        submit=verb_title,
        intro=f"Incident `{escape(press.incident)}`. The reason is kept with the decision.",
        label="Reason",
        hint="A sentence that another moderator, and the member on appeal, can follow.",
        private_metadata=meta,
    )


def report_form(kept: str) -> Block:
    """Ask a member why a message should be looked at."""
    return _form(
        REPORT_FORM,
        title="Report to moderators",
        submit="Report",
        intro="Only the moderators see the message, your reason and your name.",
        label="What is wrong with it?",
        hint="One or two sentences are enough.",
        private_metadata=json.dumps({"kept": kept}),
    )


def said(title: str, sentence: str) -> Block:
    """Show sentences in place of the form that was sent."""
    return {
        "type": "modal",
        "title": _plain(title, 24),
        "close": _plain("Close", 24),
        "blocks": _paragraphs(sentence)[:_BLOCKS],
    }


def escape(text: str) -> str:
    """Make a text safe for Slack's mrkdwn: no entity, mention or call in it takes effect."""
    return sendable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sendable(text: str) -> str:
    """Replace what cannot travel as UTF-8 (lone surrogates) and the NUL that Slack refuses."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")


def date(at: datetime) -> str:
    """Give a moment that Slack shows in the reader's own time zone."""
    fallback = at.strftime("%d %B %Y %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def _form(callback: str, *, title: str, submit: str, intro: str, label: str, hint: str, private_metadata: str) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": private_metadata,
        "title": _plain(title, 24),
        "submit": _plain(submit, 24),
        "close": _plain("Cancel", 24),
        "blocks": [
            _section(intro),
            {
                "type": "input",
                "block_id": REASON_BLOCK,
                "label": _plain(label, 150),
                "hint": _plain(hint, 150),
                "element": {
                    "type": "plain_text_input",
                    "action_id": REASON_INPUT,
                    "multiline": True,
                    "max_length": 2000,
                },
            },
        ],
    }


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": _cut(sendable(text), limit) or "-", "emoji": False}


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text, _HEADER)}


def _section(mrkdwn: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(mrkdwn, _SECTION), "verbatim": True}}


def _context(mrkdwn: str) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": _cut(mrkdwn, _SECTION), "verbatim": True}],
    }


def _quote(text: str) -> Block:
    return _rich("quote", [_words(_cut(plain(text), _QUOTE) or "(no text)")])


def _rich(kind: str, elements: list[Block]) -> Block:
    # Rich text is never parsed for markup, so what members wrote can neither call, link, format nor forge.
    return {"type": "rich_text", "elements": [{"type": f"rich_text_{kind}", "elements": elements}]}


def _list(title: str, sentences: tuple[str, ...]) -> Block:
    items: list[Block] = []
    room = _SECTION
    for sentence in sentences:
        shown = _cut(_one_line(sentence), room)
        items.append({"type": "rich_text_section", "elements": [_words(shown)]})
        room -= len(shown)
        if room <= 1:
            break
    heading: Block = {"type": "rich_text_section", "elements": [_bold(title)]}
    return {
        "type": "rich_text",
        "elements": [heading, {"type": "rich_text_list", "style": "bullet", "elements": items}],
    }


def _words(text: str) -> Block:
    return {"type": "text", "text": sendable(text)}


def _bold(text: str) -> Block:
    return {**_words(text), "style": {"bold": True}}


def _named(text: str, address: str) -> Block:
    shown = _one_line(text) or "-"
    return {"type": "link", "url": address, "text": sendable(shown)} if address else _words(shown)


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def _button(label: str, action: str, value: str, style: str = "") -> Block:
    button: Block = {"type": "button", "text": _plain(label, 75), "action_id": action, "value": value}
    return {**button, "style": style} if style else button


def _paragraphs(text: str) -> list[Block]:
    # Escaping makes a character up to five long, so pieces of a fifth always fit a section.
    return [_section(escape(piece)) for piece in _pieces(plain(text), _SECTION // 5)]


def _pieces(text: str, size: int) -> list[str]:
    pieces: list[str] = []
    for line in text.split("\n"):
        for at in range(0, max(len(line), 1), size):
            chunk = line[at : at + size]
            if pieces and at == 0 and len(pieces[-1]) + len(chunk) < size:
                pieces[-1] += f"\n{chunk}"
            else:
                pieces.append(chunk)
    return [piece for piece in pieces if piece.strip()] or ["-"]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _url(address: str) -> str:
    return address.rstrip("/").replace("|", "%7C").replace(">", "%3E").replace("<", "%3C")
