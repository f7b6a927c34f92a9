"""The live bot brings about what was decided beside it, and goes on where the record cannot be read."""

from dataclasses import replace

from bot.case_decisions import TICK, CaseDecisions
from handlers.casework.decisions import decide
from policies.casework.words import Sanction
from tests.fakes.cases import MemoryCases
from tests.fakes.tribunal import BOB, DORA, Tribunal


async def test_what_was_decided_at_the_shell_is_brought_about_by_the_running_bot() -> None:
    tribunal = Tribunal()
    case = await tribunal.investigated()
    beside = replace(tribunal.deps, connected=False)
    await decide(case.id, await tribunal.proposal(await tribunal.sanction(Sanction.MUTE, 7)), DORA, beside)
    assert not tribunal.world.discord.restricted
    assert not any("imposes a mute" in text for text in tribunal.told(BOB.member))
    assert await CaseDecisions(tribunal.deps).step() == TICK
    assert tribunal.world.discord.holds(BOB.member, Sanction.MUTE, tribunal.world.clock.now())
    assert any("imposes a mute for 7 days" in text for text in tribunal.told(BOB.member))


async def test_a_record_that_cannot_be_read_is_looked_at_again_later() -> None:
    tribunal = Tribunal()
    assert isinstance(tribunal.cases, MemoryCases)
    tribunal.cases.broken = True
    assert await CaseDecisions(tribunal.deps).step() == TICK
