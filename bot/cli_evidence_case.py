"""The case behind `hustings evidence subject | erase`: what was done stands in it, with the record that says so."""

from typing import Annotated

import typer

from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import Store
from handlers.casework.intake import IntakeDeps
from handlers.casework.requests import note_carried_out
from policies.casework.people import By, CaseId
from policies.casework.words import Office

OfCase = Annotated[str, typer.Option("--case", help="The case of the request that this carries out.")]

_OFFICES = {office.value: office for office in Office}


def named(case: str) -> CaseId:
    """Read a case's id as people write it."""
    return CaseId(case.strip().upper())


async def carried_out(case: CaseId, who: Steward, record: int, words: str, store: Store) -> None:
    """Keep in a case that two people carried it out."""
    by = By(_OFFICES.get(who.role.value), who.name)
    await note_carried_out(case, by, record, words, IntakeDeps(cases=store.cases, clock=store.ledger.clock))
