"""Made-up figures in the shape of real ones: quarters that follow from one another, with decisions reversed later."""

import random
from collections import Counter
from datetime import UTC, datetime

from policies.casework import figure_tables as t
from policies.casework.publications import Publication, Report, publish
from policies.casework.quarters import Quarter

AT = datetime(2026, 7, 1, tzinfo=UTC)
TABLE = {table.name: table for table in t.TABLES}
FOUND = [row for row in TABLE["decisions-by-verdict"].rows if row != t.REVERSED]


class Body:
    """A party whose quarters are drawn by chance, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.open = self.chance.choice([0, 3, 74])
        self.counts: dict[Quarter, Counter[str]] = {}
        self.undone_in: dict[Quarter, Counter[Quarter]] = {}
        self.undoing_of: dict[Quarter, Counter[Quarter]] = {}

    def live(self, quarter: Quarter) -> None:
        """Let a quarter pass."""
        chance, counts = self.chance, Counter[str]()
        scale = chance.choice([0, 2, 6, 15, 40, 120])
        for names in (
            ("reports-by-channel",),
            ("decisions-by-verdict", "decisions-by-origin"),
            ("sanctions-by-kind", "sanctions-by-grid"),
            ("automatic-by-action", "automatic-by-end"),
            ("escalations-by-answer",),
            ("cases-by-kind",),
        ):
            total = chance.randint(0, scale + 1)
            for name in names:
                rows = FOUND if name == "decisions-by-verdict" else TABLE[name].rows
                self.divide(counts, rows, total, TABLE[name].total)
        self.divide(counts, ["reports.named", "reports.unnamed"], counts[t.RECEIVED] - counts[t.DETECTED])
        closed = chance.randint(0, self.open + counts[t.OPENED])
        self.open += counts[t.OPENED] - closed
        self.divide(counts, TABLE["cases-over-deadline"].rows, self.open, t.OPEN)
        self.overlap(counts, TABLE["reports-by-category"].rows, counts[t.RECEIVED])
        self.overlap(counts, TABLE["late-by-clock"].rows, counts[t.LATE])
        for row in (*TABLE["other"].rows, "appeals.decision-stands", "appeals.decision-varied"):
            counts[row] = self.few()
        counts[t.CLOSED] = closed
        self.undone_in[quarter], self.undoing_of[quarter] = Counter(), Counter()
        for of in self.counts:
            for _ in range(chance.choice([0, 0, 1, 2, 3, 6])):
                self.reverse(of, quarter)
        counts[t.APPEAL_REVERSED] = self.undoing_of[quarter].total()
        counts[t.APPEALS_DECIDED] = sum(counts[row] for row in TABLE["appeals-by-verdict"].rows)
        self.counts[quarter] = counts

    def reverse(self, of: Quarter, at: Quarter) -> None:
        counts = self.counts[of]
        standing = [row for row in FOUND if counts[row]]
        if not standing:
            return
        counts[self.chance.choice(standing)] -= 1
        counts[t.REVERSED] += 1
        self.undone_in[of][at] += 1
        self.undoing_of[at][of] += 1
        kinds = [row for row in TABLE["sanctions-by-kind"].rows if counts[row]]
        if kinds and self.chance.random() < 0.6:
            grid = [row for row in TABLE["sanctions-by-grid"].rows if counts[row]]
            for row in (self.chance.choice(kinds), self.chance.choice(grid), t.SANCTIONS):
                counts[row] -= 1

    def divide(self, counts: Counter[str], rows: "list[str] | tuple[str, ...]", total: int, into: str = "") -> None:
        weights = [self.chance.random() ** 3 for _ in rows]
        counts.update(self.chance.choices(rows, weights, k=total))
        if into:
            counts[into] = total

    def overlap(self, counts: Counter[str], rows: tuple[str, ...], total: int) -> None:
        for _ in range(total):
            counts.update(self.chance.sample(rows, self.chance.choice([1, 1, 1, 2])))

    def few(self) -> int:
        return self.chance.choice([0, self.chance.randint(1, 4), self.chance.randint(5, 30)])

    def report(self, of: Quarter, through: Quarter) -> Report:
        return Report(
            quarter=of,
            through=through,
            counts={cell: self.counts[of][cell] for cell in t.CELLS},
            undone_in=dict(self.undone_in[of]),
            undoing_of=dict(self.undoing_of[of]),
        )


def published(seed: int, quarters: int) -> list[Publication]:
    """Give all that a drawn body publishes in some quarters: each quarter, and earlier ones corrected, in any order."""
    body, made, quarter = Body(seed), list[Publication](), Quarter(2025, 1)
    for _ in range(quarters):
        body.live(quarter)
        due = [of for of in body.counts if of == quarter or body.chance.random() < 0.5]
        for of in body.chance.sample(due, len(due)):
            one = publish(body.report(of, quarter), t.SHAPE, made, AT)
            if one not in made:
                made.append(one)
        quarter = quarter.following
    return made
