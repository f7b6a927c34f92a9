"""A mistake in a file that people write: where it is, what is wrong, what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; `what` is a full sentence and says what to do, `where` names the rule if there is one."""

    file: str
    line: int
    what: str
    where: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.where, self.what) if part)


class PolicyError(Exception):
    """A policy file that cannot be used, with every mistake in it, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda problem: (problem.line, problem.where, problem.what)))
        shown = [str(problem) for problem in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            shown.append(f"... and {len(self.problems) - _SHOWN} more.")
        super().__init__("\n".join(shown))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Give the known words as a hint, the nearest one first if it is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    start = f"Did you mean '{near[0]}'? " if near else ""
    return f"{start}Use one of: {', '.join(known)}." if len(known) > 1 else f"{start}Use '{known[0]}'."


def clip(text: str, limit: int = 40) -> str:
    """Give text as it can stand in a message: quoted, on one line, not too long."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
