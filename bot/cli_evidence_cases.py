"""Who may have a case packed, held or erased from the shell: whoever the register lets into it, without a stake."""

from collections.abc import Iterable

from bot.case_deadlines import access_to
from bot.cli_cases_desk import OnScreen
from bot.cli_folders import casework_settings, register_named
from bot.clock import SystemClock
from bot.store.sqlite.stewardship import Refused, Steward
from bot.store.sqlite.store import Store
from policies.casework import events as e
from policies.casework.case import NotAllowed
from policies.casework.people import By, CaseId
from policies.casework.words import Office


async def ensure_may_handle(store: Store, cases: Iterable[str], who: Steward, what: type[e.CaseEvent]) -> None:
    """Refuse whoever the register keeps out of a case, or out of this act in it; without a register nobody is.

    An erased case has nobody in it any more, so that its register of stakes is empty. Raises `Refused`.
    """
    register = register_named()
    if register is None or not register.officers:
        return
    access = access_to(store, casework_settings(), register, OnScreen(), clock=SystemClock())
    for name in cases:
        found = await store.cases.get(CaseId(name))
        if found is None:
            continue
        try:
            await access.ensure_may(found, By(Office(who.role.value), who.name), what)
        except NotAllowed as error:
            raise Refused(str(error)) from None
