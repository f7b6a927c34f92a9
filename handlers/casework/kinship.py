"""Which accounts are one person's, told to those who follow conversations."""

from handlers.deps import Deps


async def learn_links(deps: Deps) -> int:
    """Take in which accounts are linked now; gives how many people have several. Raises `EvidenceUnavailable`."""
    if deps.conversations is None or deps.intake is None:
        return 0
    linked = await deps.intake.cases.linked()
    deps.conversations.link([[(one.platform.value, one.member) for one in accounts] for accounts in linked])
    return len(linked)
