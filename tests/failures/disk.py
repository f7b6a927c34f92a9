"""A simulated disk: SQLite writes through it, and it knows what would be left if the power went at any moment."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest

from bot.evidence import durable_files, heads
from bot.store.sqlite import connection, erasures
from tests.failures.engine import Engine

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes that were written and may not have reached the disk yet."""

    name: str
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file that was cut short."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Delete:
    """A file that went away."""

    name: str


@dataclass(frozen=True, slots=True)
class Sync:
    """The disk has everything of a file; where it failed, what was not on the disk before may never get there."""

    name: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """The disk has the names in the folder: SQLite puts them there with the first sync of a new log or journal."""


@dataclass(frozen=True, slots=True)
class Put:
    """A small file that was replaced as a whole, and is on the disk."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told that something is kept."""

    what: tuple[str, object]


Unsynced = Write | Truncate | Delete
Event = Unsynced | Sync | Names | Put | Told
Fault = Callable[[str, str], Exception | None]
"""Is asked before each write, sync, truncation and deletion of a file whether it fails, and how."""


@dataclass
class Disk:
    """Everything that was asked of a disk, in order, and the fault that it has."""

    folder: Path
    events: list[Event] = field(default_factory=list)
    fault: Fault = lambda operation, name: None
    checkpoint_pages: int = 0

    def told(self, kind: str, what: object) -> None:
        """Note that somebody was told that something is kept."""
        self.events.append(Told((kind, what)))

    def meet(self, operation: str, name: str) -> None:
        """Let an operation fail if the disk has a fault for it."""
        failure = self.fault(operation, name)
        if failure is None:
            return
        if operation == "sync":
            self.events.append(Sync(name, failed=True))
        raise failure

    @contextmanager
    def holding(self, *, synchronous: int = 2) -> Iterator[None]:
        """Let the production code open its files on this disk, with the settings it always has but one."""
        system = _System(self)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connection, "ENGINE", Engine(system.name))
            patch.setattr(connection, "CHECKPOINT_PAGES", self.checkpoint_pages or connection.CHECKPOINT_PAGES)
            patch.setitem(connection.PRAGMAS, "synchronous", synchronous)
            for module in (heads, erasures):
                patch.setattr(module, "replace", self._replace)
            try:
                yield
            finally:
                system.unregister()

    def _replace(self, path: Path, content: bytes) -> None:
        durable_files.replace(path, content)
        self.events.append(Put(str(path.relative_to(self.folder)), content))


class _System(apsw.VFS):
    """The system's own files, with every change written down."""

    def __init__(self, disk: Disk) -> None:
        self.name = f"simulated-{id(disk)}"
        self._disk = disk
        super().__init__(self.name, "unix")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's
        """Open a file."""
        return _File(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's
        """Delete a file."""
        name = Path(filename).name
        self._disk.meet("delete", name)
        super().xDelete(filename, syncdir)
        self._disk.events.append(Delete(name))
        if syncdir:
            self._disk.events.append(Names())


class _File(apsw.VFSFile):
    """A file of the system, with every change written down."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(path).name if path else ""
        self._new_name = bool(path) and path.endswith(("-wal", "-journal")) and not Path(path).exists()
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's
        """Write bytes."""
        if not self._name:  # a temporary file: nobody looks for it after a power cut
            super().xWrite(data, offset)
            return
        self._disk.meet("write", self._name)
        super().xWrite(data, offset)
        self._disk.events.append(Write(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's
        """Cut the file short."""
        if not self._name:
            super().xTruncate(newsize)
            return
        self._disk.meet("truncate", self._name)
        super().xTruncate(newsize)
        self._disk.events.append(Truncate(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's
        """Put everything on the simulated disk; the real one is spared."""
        self._disk.meet("sync", self._name)
        self._disk.events.append(Sync(self._name))
        if self._new_name:
            self._new_name = False
            self._disk.events.append(Names())


@dataclass(frozen=True, slots=True)
class Left:
    """What is on the disk after the power went, and what somebody had been told is kept."""

    cut: int
    files: dict[str, bytes]
    told: list[tuple[str, object]]

    def put_down(self, folder: Path) -> None:
        """Write it out as files."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def left_at(events: Sequence[Event], cuts: Sequence[int], chance: random.Random) -> Iterator[Left]:
    """Give what is left at each cut: all that was synced, and of the rest a random half, two fifths of that torn."""
    on_disk: dict[str, bytearray] = {}
    waiting: dict[str, list[Unsynced]] = {}
    told: list[tuple[str, object]] = []
    done = 0
    for cut in sorted(cuts):
        for event in events[done:cut]:
            match event:
                case Sync(name, failed):
                    settled = waiting.pop(name, [])
                    _apply(on_disk, name, _survivors(settled, chance) if failed else settled)
                case Names():
                    _settle_names(on_disk, waiting)
                case Put(name, content):
                    on_disk[name] = bytearray(content)
                case Told(what):
                    told.append(what)
                case _:
                    waiting.setdefault(event.name, []).append(event)
        done = max(done, cut)
        image = {name: bytearray(content) for name, content in on_disk.items()}
        for name, changes in waiting.items():
            _apply(image, name, _survivors(changes, chance))
        yield Left(cut, {name: bytes(content) for name, content in image.items()}, list(told))


def _settle_names(on_disk: dict[str, bytearray], waiting: dict[str, list[Unsynced]]) -> None:
    for name, changes in waiting.items():
        gone = [place for place, change in enumerate(changes) if isinstance(change, Delete)]
        if gone:
            on_disk.pop(name, None)
            waiting[name] = changes[gone[-1] + 1 :]


def _survivors(changes: list[Unsynced], chance: random.Random) -> list[Unsynced]:
    kept: list[Unsynced] = []
    for change in reversed(changes):
        # Names reach the disk in order: where a new file of the same name got there, the old one went.
        if chance.random() < 0.5 or (isinstance(change, Delete) and kept):
            kept.extend(reversed(_torn(change, chance)))
    return kept[::-1]


def _torn(change: Unsynced, chance: random.Random) -> Sequence[Unsynced]:
    if not isinstance(change, Write) or chance.random() >= 0.4:
        return [change]
    starts = [change.at, *range((change.at // SECTOR + 1) * SECTOR, change.at + len(change.data), SECTOR)]
    ends = [*starts[1:], change.at + len(change.data)]
    return [
        Write(change.name, start, change.data[start - change.at : end - change.at])
        for start, end in zip(starts, ends, strict=True)
        if chance.random() < 0.5
    ]


def _apply(files: dict[str, bytearray], name: str, changes: Sequence[Unsynced]) -> None:
    for change in changes:
        if isinstance(change, Delete):
            files.pop(name, None)
            continue
        content = files.setdefault(name, bytearray())
        if isinstance(change, Write):
            content.extend(bytes(max(0, change.at - len(content))))
            content[change.at : change.at + len(change.data)] = change.data
        else:
            del content[change.size :]
            content.extend(bytes(max(0, change.size - len(content))))
