"""What an experiment found: its figures in words, what was asked of it, and whether that was kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of the table in docs/measurements.md; `faults` are told in full, an empty one means all is well."""

    what: str
    result: str
    asked: str
    faults: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults


def table(rows: list[tuple[Found, float]]) -> str:
    """Write the lines of the table, each with the seconds it took."""
    lines = ["| what | result | asked | took |", "|---|---|---|---|"]
    for found, took in rows:
        asked = found.asked if found.well else f"{found.asked}, **missed**"
        lines.append(f"| {found.what} | {found.result} | {asked} | {took:.0f} s |")
        lines += [f"    {fault}" for fault in found.faults[:5]]
    return "\n".join(lines)
