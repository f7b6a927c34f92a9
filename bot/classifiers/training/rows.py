"""A training row, and what the kinds of the project's own rows say about each head."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.classifiers.heads import HEADS, STANCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One text with what is known about it; a head that is not in `labels` is unknown and takes no part.

    `group` keeps rows together when they are split: a writer's block, a template, a pair.
    """

    text: str
    labels: Mapping[str, float]
    stance: str = ""
    source: str = ""
    group: str = ""
    kind: str = ""


ABUSIVE: Mapping[str, tuple[str, ...]] = {
    "identity": ("identity_attack", "toxicity"),
    "threat": ("threat", "severe_toxicity", "toxicity"),
    "wish": ("threat", "severe_toxicity", "toxicity"),
    "selfharm": ("self_harm", "severe_toxicity", "toxicity"),
    "insult": ("insult", "toxicity"),
    "obscene": ("obscene", "toxicity"),
    "harass": ("harassment",),
    "intimidate": ("intimidation",),
    "doxx": ("doxxing",),
    "pileon": ("pile_on",),
    "impersonate": ("impersonation",),
    "scam": ("spam",),
}
"""The heads that each abusive kind is an example of, beside `abuse`."""

BENIGN = (
    "everyday", "politics", "criticise", "quote", "report", "condemn", "experience", "about", "question",
    "memorial", "idiom", "profanity", "banter", "negated", "humour", "other",
)  # fmt: skip

_NEVER_BESIDE: Mapping[str, tuple[str, ...]] = {
    "insult": ("identity_attack",),
    "harass": ("identity_attack",),
    "pileon": ("identity_attack",),
    "selfharm": ("identity_attack",),
    "scam": ("identity_attack", "threat", "insult", "obscene", "toxicity", "severe_toxicity", "harassment"),
    "impersonate": ("identity_attack", "insult", "obscene", "severe_toxicity"),
    "doxx": ("identity_attack", "obscene"),
    "intimidate": ("obscene",),
}
"""What a row of one kind is known not to be: whoever wrote it would have called it that instead."""

_RARE = ("doxxing", "impersonation", "spam", "self_harm", "sexual_explicit")
_OPEN_IN_BENIGN: Mapping[str, tuple[str, ...]] = {
    "profanity": ("obscene", "toxicity"),
    "banter": ("insult", "toxicity", "obscene"),
}
"""Heads about which a benign row of that kind says nothing."""


def labels_of(kind: str) -> dict[str, float]:
    """Give what a kind of own row says about the heads; raises `KeyError` for a kind that there is not."""
    if kind in BENIGN:
        known = dict.fromkeys(HEADS, 0.0)
        for head in _OPEN_IN_BENIGN.get(kind, ()):
            del known[head]
        return known
    known = dict.fromkeys(ABUSIVE[kind], 1.0) | {"abuse": 1.0}
    for head in (*_RARE, *_NEVER_BESIDE.get(kind, ())):
        known.setdefault(head, 0.0)
    if kind == "obscene":
        del known["sexual_explicit"]
    return known


class RowsError(ValueError):
    """A file of own rows has lines that are none; the text names each with its place."""


def own_rows(path: Path, *, block: int = 10) -> list[Row]:
    """Read a file of own rows: kind, stance and text, divided by tabs; raises `RowsError` with every mistake.

    Neighbouring lines are often pairs, so that `block` of them make one group.
    """
    rows: list[Row] = []
    wrong: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        parts = line.split("\t")
        if len(parts) != 3 or parts[0] not in (*ABUSIVE, *BENIGN) or parts[1] not in STANCES or not parts[2].strip():
            wrong.append(f"{path.name}:{number}: write kind, stance and text, divided by tabs")
            continue
        kind, stance, text = parts
        rows.append(
            Row(
                text=text.replace("\\n", "\n").strip(),
                labels=labels_of(kind),
                stance="use" if kind in ABUSIVE else "other" if stance == "use" else stance,
                source=path.stem,
                group=f"{path.stem}/{number // block}",
                kind=kind,
            )
        )
    if wrong:
        raise RowsError("\n".join(wrong))
    return rows


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """Count rows by kind, in the order of the kinds."""
    found = [row.kind for row in rows]
    return {kind: found.count(kind) for kind in (*ABUSIVE, *BENIGN) if kind in found}
