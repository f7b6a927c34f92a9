"""A view: one reading of a text in which disguise is undone, with a way back to the original."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.findings import Span


@dataclass(frozen=True, slots=True)
class View:
    """A reading of the text; `starts[i]` and `ends[i]` say where character `i` stands in the original.

    Both are None where the view has the same length as the original, character for character.
    """

    name: str
    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def original_span(self, start: int, end: int) -> Span:
        """Give the part of the original that a range of this view was read from."""
        if self.starts is None or self.ends is None:
            return Span(start, end)
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return Span(at, at)
        return Span(min(self.starts[start:end]), max(self.ends[start:end]))


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One replacement in a view: the characters from `start` to `end` are to read as `text`."""

    start: int
    end: int
    text: str


def rewritten(view: View, name: str, rewrites: Sequence[Rewrite]) -> View:
    """Give the view with some ranges replaced; they must be in order and must not overlap.

    A replacement of the same length keeps character positions; any other maps each new character
    to the whole range it stands for.
    """
    if all(len(rewrite.text) == rewrite.end - rewrite.start for rewrite in rewrites):
        return View(name, _replaced(view.text, rewrites), view.starts, view.ends)
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    old_starts = view.starts if view.starts is not None else range(len(view.text))
    old_ends = view.ends if view.ends is not None else range(1, len(view.text) + 1)
    done = 0
    for rewrite in rewrites:
        text.append(view.text[done : rewrite.start])
        starts.extend(old_starts[done : rewrite.start])
        ends.extend(old_ends[done : rewrite.start])
        text.append(rewrite.text)
        if len(rewrite.text) == rewrite.end - rewrite.start:
            starts.extend(old_starts[rewrite.start : rewrite.end])
            ends.extend(old_ends[rewrite.start : rewrite.end])
        else:
            whole = view.original_span(rewrite.start, rewrite.end)
            starts.extend([whole.start] * len(rewrite.text))
            ends.extend([whole.end] * len(rewrite.text))
        done = rewrite.end
    text.append(view.text[done:])
    starts.extend(old_starts[done:])
    ends.extend(old_ends[done:])
    return View(name, "".join(text), tuple(starts), tuple(ends))


def _replaced(text: str, rewrites: Sequence[Rewrite]) -> str:
    parts: list[str] = []
    done = 0
    for rewrite in rewrites:
        parts += (text[done : rewrite.start], rewrite.text)
        done = rewrite.end
    return "".join((*parts, text[done:]))
