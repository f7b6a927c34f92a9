"""What happens when a member reports a reaction: who put which emoji on a message is a matter of its own."""

from handlers.casework.intake import IntakeDeps, author_of, take_in
from handlers.errors import EvidenceUnavailable
from handlers.replies import Reply, refused
from policies.casework.case import NotAllowed
from policies.casework.people import Account
from policies.casework.reports import NewReport
from policies.casework.words import Channel
from policies.events import MessageReported
from policies.identifiers import MemberId

_LATER = "Your report could not be kept just now, so nobody has it yet. Please send it again in a minute."


async def report_reaction(event: MessageReported, reaction: str, by: MemberId, deps: IntakeDeps | None) -> Reply:
    """Keep a member's report of a reaction to a message; moderators are not told who sent it.

    Whoever put it there is its subject, the author of the message its target. That it was there is the reporter's word.
    """
    if deps is None:
        return refused("This community keeps no cases here. Please write to its moderators. Nothing was sent.")
    try:
        receipt = await take_in(await _report(event, reaction, by, deps), deps)
    except NotAllowed as error:
        return refused(str(error))
    except EvidenceUnavailable:
        return refused(_LATER)
    return Reply(text=f"Thank you. The moderators have your report, and nobody is told who sent it. {receipt}")


async def _report(event: MessageReported, reaction: str, by: MemberId, deps: IntakeDeps) -> NewReport:
    ref = event.message.ref
    reporter = Account(platform=ref.platform, community=ref.community, member=event.reporter)
    author = await author_of(event.message, deps)
    reacted = await deps.cases.person(Account(platform=ref.platform, community=ref.community, member=by))
    return NewReport(
        key=f"{ref.platform.value}:{event.event_id}",
        channel=Channel.REACTION,
        words=event.reason,
        received_at=event.reported_at,
        reporter=await deps.cases.person(reporter),
        reporter_account=reporter,
        anonymous=True,
        message=ref,
        reaction=reaction.strip()[:100],
        about=reacted,
        target=author if author != reacted else None,
        text=event.message.text,
    )
