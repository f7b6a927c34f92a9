"""Pages and handles that were flagged as fake: how they are written down, and finding them in a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.findings import Span

_ADDRESS = re.compile(
    r"(?<![\w.-])(?:https?://)?(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?::\d+)?(?:/[^\s<>|)\]\"']*)?", re.IGNORECASE
)
_HANDLE = re.compile(r"(?<![\w@./])@([\w.-]{3,60})")
_FRONT = re.compile(r"^(?:https?://)?(?:(?:www|m|mobile|en-gb)\.)?", re.IGNORECASE)
_ENDING = "/.,;:!?"
_READ = 4_000


@dataclass(frozen=True, slots=True)
class Flagged:
    """A page or handle that passes itself off as somebody, in its plain form, and whom it imitates."""

    plain: str
    of: str


class Fakes:
    """Finds flagged pages and handles; immutable."""

    def __init__(self, flagged: Iterable[Flagged] = ()) -> None:
        known = list(flagged)
        self._handles = {one.plain: one for one in known if one.plain.startswith("@")}
        self._pages = {one.plain: one for one in known if not one.plain.startswith("@")}

    def __bool__(self) -> bool:
        """Whether anything is flagged."""
        return bool(self._handles or self._pages)

    def handle(self, *names: str) -> Flagged | None:
        """Give what is flagged under one of some names, if any is."""
        return next((found for name in names if (found := self._handles.get(plain(f"@{name.lstrip('@')}")))), None)

    def find(self, text: str) -> Iterator[tuple[Flagged, Span]]:
        """Give each flagged page and handle in a text, with its place."""
        read = text[:_READ]
        for match in _HANDLE.finditer(read) if self._handles else ():
            if found := self._handles.get(plain(match.group())):
                yield found, Span(match.start(), match.end())
        for match in _ADDRESS.finditer(read) if self._pages else ():
            if found := self._page(plain(match.group())):
                yield found, Span(match.start(), match.end())

    def _page(self, address: str) -> Flagged | None:
        """Give the flagged page that an address is, or lies under; a whole site is flagged by its name alone."""
        if found := self._pages.get(address):
            return found
        path, _, _ = address.partition("?")
        while path:
            if found := self._pages.get(path):
                return found
            path, _, _ = path.rpartition("/")
        return None


def plain(written: str) -> str:
    """Give a page or handle without what people leave out or add: case, `https://www.`, the end of a sentence."""
    text = written.strip().rstrip(_ENDING).lower()
    return text if text.startswith("@") else _FRONT.sub("", text).partition("#")[0]
