"""While the record cannot be written: one alarm to the moderators, a reminder an hour, and word when it is over."""

from handlers.alerts import alarm_card, recovery_card
from handlers.deps import Deps
from handlers.errors import PlatformUnavailable
from policies.decisions import OutcomeStatus
from policies.events import MessageWritten

_SHOWN = (OutcomeStatus.DONE, OutcomeStatus.ALREADY)


async def alarm(event: MessageWritten, deps: Deps) -> None:
    """Tell moderators that a message could not be kept and so was left standing; not again for every further one."""
    missed = deps.memory.alarm(event.ref, event.channel_name or event.ref.channel, deps.clock.now())
    platform = deps.platforms.get(event.ref.platform)
    if missed is None or platform is None:
        return
    try:
        shown = (await platform.post_alert(event.ref.community, alarm_card(event, missed))).status in _SHOWN
    except PlatformUnavailable:
        shown = False
    if not shown:
        deps.memory.alarm_unsaid(event.ref)
        deps.counters.count("alarms.unsent")


async def tell_recovery(deps: Deps) -> None:
    """Tell moderators that the record works again, once a record can be made; harmless while nothing is wrong."""
    alarms = deps.memory.alarms()
    if not alarms or not await deps.evidence.ready():
        return
    for found in alarms:
        platform = deps.platforms.get(found.platform)
        if platform is None or not found.said:
            deps.memory.recovered(found)
            continue
        try:
            await platform.post_alert(found.community, recovery_card(found))
        except PlatformUnavailable:
            deps.counters.count("alarms.unsent")
            continue
        deps.memory.recovered(found)
        deps.counters.count("evidence.recovered")
