"""The live bot brings about what was decided beside it, and goes on where the record cannot be read."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.case_decisions import TICK, CaseDecisions, case_decisions
from bot.settings import Settings
from bot.store.sqlite.store import open_store
from handlers.casework.decisions import decide
from handlers.casework.steady import GRACE
from policies.casework import events as e
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


async def test_a_clock_that_is_wrong_for_minutes_ends_no_sanction(tmp_path: Path) -> None:
    tribunal = Tribunal()
    clock, passed = tribunal.world.clock, [0.0]
    case = await tribunal.investigated()
    chosen = await tribunal.sanction(Sanction.SUSPENSION, 7)
    await decide(case.id, await tribunal.proposal(chosen), DORA, tribunal.deps)
    async with open_store(tmp_path, clock) as store:
        settings = Settings(data=tmp_path, discord=None, slack=None)
        live = await case_decisions(settings, store, tribunal.world.deps, {}, monotonic=lambda: passed[0])
    steady = CaseDecisions(replace(tribunal.deps, clock=live.deps().clock))
    await steady.step()
    clock.advance(timedelta(days=365))
    passed[0] = 600.0
    await steady.step()
    assert not (await tribunal.now(case.id)).of(e.SanctionEnded)
    assert tribunal.world.discord.restricted
    passed[0] += GRACE.total_seconds() + 1  # a jump that lasts is believed: the machine may have slept
    clock.advance(GRACE)
    await steady.step()
    assert (await tribunal.now(case.id)).of(e.SanctionEnded)
