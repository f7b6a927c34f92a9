"""Building what a model is trained on and tuned on: every source, guarded against leaks and split by group."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.classifiers.training.leaks import Leak, LeakGuard, evaluation_texts
from bot.classifiers.training.mixture import Part
from bot.classifiers.training.rows import Row, own_rows
from bot.classifiers.training.sources import SOURCES, read_source
from bot.classifiers.training.templates import DATA, filled
from bot.classifiers.training.variations import variations

OWN_SHARE = 0.60
TEMPLATE_SHARE = 0.18
PUBLIC_SHARE = 0.22
"""Party life first: public corpora alone teach that politics is abuse, templates alone teach templates."""

_HELD_BACK = 10
"""One group in so many is held back for choosing thresholds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The parts to train on, the rows held back, and what the guard kept out."""

    parts: tuple[Part, ...]
    held_back: tuple[Row, ...]
    leaks: tuple[Leak, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    guard: LeakGuard = field(default_factory=lambda: LeakGuard(()))

    @property
    def train_size(self) -> int:
        """Give the number of different rows that are trained on."""
        return sum(len(part.rows) for part in self.parts)

    def variations(self, many: int, seed: int) -> list[str]:
        """Give so many texts made from the own rows that are trained on, none of them one of an evaluation set."""
        own = [row.text for part in self.parts if part.name in _OWN for row in part.rows]
        return [text for text in variations(own, many, seed=seed) if self.guard.find(text) is None]

    def with_variations(self, texts: Iterable[str]) -> "Data":
        """Add texts of which only a teacher says what they are, but for those that the guard keeps out."""
        rows = [
            Row(text=text, labels={}, source=VARIED, group=VARIED) for text in texts if self.guard.find(text) is None
        ]
        if not rows:
            return self
        others = (replace(part, share=part.share * (1 - VARIED_SHARE)) for part in self.parts)
        return replace(self, parts=(*others, Part(name=VARIED, rows=rows, share=VARIED_SHARE)))


VARIED = "variations"
VARIED_SHARE = 0.3
"""Share of texts that nobody wrote, where a teacher speaks of them."""

_OWN = ("own", "fresh")
_FRESH_TIMES = 4
"""How often a row that nothing has learnt from is drawn for each time that one of the others is."""


def build(
    public: Path | None,
    evaluation: Path | None,
    *,
    own: Path = DATA,
    without: str = "",
    fresh: Collection[str] = (),
) -> Data:
    """Read all sources; `public` is the folder of the public files, `evaluation` that of the evaluation sets.

    `without` names one file of own rows (its stem) that is held back whole, for a figure by another hand. Rows of the
    files in `fresh` (their stems) are drawn four times as often as the other own rows.
    """
    guard = LeakGuard(evaluation_texts(evaluation) if evaluation else ())
    leaks: list[Leak] = []
    files = {path.name: _sha256(path) for path in sorted(own.glob("*.tsv"))}
    written = _guarded((row for path in sorted(own.glob("*.tsv")) for row in own_rows(path)), guard, leaks)
    templates = _guarded(filled(), guard, leaks)
    parts = [
        *_own(written, without, fresh),
        Part(name="templates", rows=[row for row in templates if not held_back(row.group)], share=TEMPLATE_SHARE),
    ]
    if public is not None:
        for source in SOURCES:
            rows = _guarded(read_source(source, public), guard, leaks)
            parts.append(Part(name=source.name, rows=rows, share=PUBLIC_SHARE * source.share))
            files.update(source.files)
    return Data(
        parts=tuple(parts),
        held_back=tuple(row for row in written if _held(row, without)),
        leaks=tuple(leaks),
        files=files,
        guard=guard,
    )


def held_back(group: str) -> bool:
    """Whether a group is kept for choosing thresholds; the answer hangs on its name alone."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % _HELD_BACK == 0


def _own(written: Sequence[Row], without: str, fresh: Collection[str]) -> list[Part]:
    """Give the own rows as one part, or as two where some of them are fresh."""
    rows = [row for row in written if not _held(row, without)]
    known, new = [row for row in rows if row.source not in fresh], [row for row in rows if row.source in fresh]
    each = OWN_SHARE / max(1, len(known) + _FRESH_TIMES * len(new))
    parts = [Part(name="own", rows=known, share=each * len(known))]
    return [Part(name="fresh", rows=new, share=each * _FRESH_TIMES * len(new)), *parts] if new else parts


def _held(row: Row, without: str) -> bool:
    return row.source == without or held_back(row.group)


def _guarded(rows: Iterable[Row], guard: LeakGuard, leaks: list[Leak]) -> list[Row]:
    """Leave out what an evaluation set has, and what was there before word for word."""
    kept: dict[str, Row] = {}
    for row in rows:
        leak = guard.find(row.text)
        if leak is not None:
            leaks.append(leak)
        else:
            kept.setdefault(row.text, row)
    return list(kept.values())


def by_kind(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Sort rows by kind."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    return found


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
