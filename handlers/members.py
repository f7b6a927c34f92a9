"""What happens when somebody joins or takes another name: names that nobody else may borrow are shown to moderators."""

from handlers.alerts import borrowed_name_card
from handlers.deps import Deps
from handlers.errors import PlatformUnavailable
from policies.decisions import OutcomeStatus
from policies.events import Author, MemberJoined, MemberRenamed
from policies.identifiers import CommunityId, PlatformName
from policies.people import Person

_SHOWN = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)


async def handle_member_joined(event: MemberJoined, deps: Deps) -> Person | None:
    """Look at the name of somebody who joined; gives the protected person for whom they could be taken."""
    deps.counters.count(f"members.joined.{event.platform.value}")
    if deps.conversations is not None:
        deps.conversations.joined((event.platform.value, event.member.id), event.joined_at)
    return await look_at_name(event.member, event.platform, event.community, deps)


async def handle_member_renamed(event: MemberRenamed, deps: Deps) -> Person | None:
    """Look at a new name; gives the protected person for whom its bearer could now be taken."""
    deps.counters.count(f"members.renamed.{event.platform.value}")
    return await look_at_name(event.member, event.platform, event.community, deps, before=event.name_before)


async def look_at_name(
    member: Author, name: PlatformName, community: CommunityId, deps: Deps, *, before: str = ""
) -> Person | None:
    """Tell moderators of a likeness, once for each name; the card is tried again with the next event if it failed."""
    borrowed = deps.register.lookalike(member.id, member.name, member.handle)
    platform = deps.platforms.get(name)
    if borrowed is None or platform is None:
        return borrowed
    key = ("borrowed", name, community, member.id, member.name, member.handle, borrowed.id)
    async with deps.memory.turn(key):
        if deps.memory.told(key):
            return borrowed
        try:
            outcome = await platform.post_alert(community, borrowed_name_card(member, borrowed, before))
        except PlatformUnavailable:
            deps.counters.count("alarms.unsent")
            return borrowed
        if outcome.status in _SHOWN:
            deps.memory.note_told(key)
            deps.counters.count("members.lookalike")
        else:
            deps.counters.count("alarms.unsent")
    return borrowed
