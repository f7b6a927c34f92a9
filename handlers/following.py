"""Hearing a message in its conversation: what those before it add to its assessment, or take away."""

from handlers.deps import Deps
from policies.assessments import Assessment
from policies.conversations.utterances import Utterance
from policies.events import MessageEdited, MessageWritten
from policies.identifiers import MessageId, MessageRef
from policies.text.folding import fold


def follow(event: MessageWritten, assessment: Assessment, deps: Deps) -> Assessment:
    """Give the assessment with what the conversation says; the same where none is followed."""
    if deps.conversations is None:
        return assessment
    return deps.conversations.hear(utterance_of(event), fold(event.text).text, assessment)


def forget(ref: MessageRef, deps: Deps) -> None:
    """Drop the words of a message that went away."""
    if deps.conversations is not None:
        deps.conversations.forget(ref.platform.value, _named(ref, ref.message))


def utterance_of(event: MessageWritten) -> Utterance:
    """Say a message as the followers of conversations take it."""
    edited = isinstance(event, MessageEdited)
    parent = event.parent
    return Utterance(
        id=_named(event.ref, event.ref.message),
        text=event.text,
        platform=event.ref.platform.value,
        author=event.author.id,
        author_name=event.author.name,
        channel=event.ref.channel,
        thread=event.thread or "",
        reply_to=_named(event.ref, parent.message) if parent else "",
        at=event.edited_at if isinstance(event, MessageEdited) else event.posted_at,
        edited=edited,
        parent_text=parent.text if parent else None,
        parent_author=(parent.author or "") if parent else "",
    )


def _named(ref: MessageRef, message: MessageId) -> str:
    """Name a message for the whole platform; Slack numbers the messages of each channel anew."""
    return f"{ref.channel}/{message}"
