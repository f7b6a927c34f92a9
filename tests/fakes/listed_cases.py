"""Cases in a list, as much of them as counting and the keeping of deadlines need."""

from collections.abc import AsyncIterator

from handlers.casework.ports import CaseChanged
from handlers.ports import Notice
from policies.casework.case import Case, advance
from policies.casework.events import Happened
from policies.casework.people import CaseId
from policies.casework.words import Delivery


class ListedCases:
    """Cases as they were given, with what is appended to them."""

    def __init__(self, *cases: Case) -> None:
        self.kept = {case.id: case for case in cases}

    async def get(self, case: CaseId) -> Case | None:
        return self.kept.get(case)

    async def append(self, case: CaseId, *happened: Happened, version: int) -> Case:
        now = self.kept[case]
        if now.version != version:
            raise CaseChanged(case)
        for one in happened:
            now = advance(now, one)
        self.kept[case] = now
        return now

    async def all(self, *, open_only: bool = False) -> AsyncIterator[Case]:
        for case in list(self.kept.values()):
            if case.is_open or not open_only:
                yield case


class Told:
    """Alarms that always arrive."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, Notice]] = []

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        self.notices.append((holder, notice))
        return Delivery.DELIVERED
