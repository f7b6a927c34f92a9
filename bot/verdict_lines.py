"""One line for one verdict on the screen: what was done, where, who wrote it, the masked text, and why."""

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from bot.verdicts import ALERTED, LEFT, one_line

ONE_LINE_FROM = 110
"""Columns from which a message and its reason stand on one line; below, on two."""

STYLES = {
    "hidden": "bold red",
    "muted": "bold red",
    "held": "bold yellow",
    ALERTED: "bold yellow",
    LEFT: "green",
    "reported": "bold cyan",
    "restored": "bold cyan",
    "upheld": "bold cyan",
}
_VERDICT, _PLACE, _AUTHOR = 14, 17, 9
_WIDEST_TEXT = 100


def show_line(
    console: Console,
    verdict: Sequence[str],
    *,
    place: str,
    author: str,
    said: str,
    reasons: Sequence[str],
    style: str = "",
    verdict_width: int = _VERDICT,
    place_width: int = _PLACE,
) -> None:
    """Show a verdict on one line, or on two where the screen is narrow.

    Of the reasons, which say the same at different lengths, the first that fits is shown.
    """
    line = Text(", ".join(verdict).upper(), style=style or STYLES.get(verdict[0], "bold"))
    line.append(" " * max(1, verdict_width - cell_len(line.plain)))
    if console.width < ONE_LINE_FROM:
        line.append(f"{place} ", style="dim").append(f"{one_line(author)}: ", style="bold").append(said)
        _print(console, line)
        reason = _fitting(reasons, console.width - verdict_width)
        _print(console, Text(" " * verdict_width + reason, style="dim"))
        return
    line.append(_fitted(place, place_width), style="dim")
    line.append(_fitted(one_line(author), _AUTHOR), style="bold")
    left = console.width - cell_len(line.plain)
    line.append(_fitted(said, left // 2))
    line.append(_fitting(reasons, left - left // 2), style="dim")
    _print(console, line)


def say(console: Console, sentences: str) -> None:
    """Show sentences over as many lines as they need."""
    for line in textwrap.wrap(
        sentences, min(console.width, _WIDEST_TEXT), break_long_words=False, break_on_hyphens=False
    ):
        console.print(line, markup=False, soft_wrap=True)


def _fitting(forms: Sequence[str], width: int) -> str:
    return next((form for form in forms if cell_len(form) <= width), forms[-1])


def _fitted(text: str, width: int) -> str:
    """Give a text in a column so many cells wide, with a gap behind it."""
    if cell_len(text) < width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 2) + "… "


def _print(console: Console, line: Text) -> None:
    line.truncate(console.width, overflow="ellipsis")
    console.print(line, no_wrap=True)
