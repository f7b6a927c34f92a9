"""Witnesses: whoever keeps the last checkpoint they saw notices when the log shows others another history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.evidence.checkpoints import Checkpoint, ensure_continues
from bot.evidence.cosignatures import cosign
from bot.evidence.errors import KeyRefused, NoteRefused
from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import Nodes, root_at, verify_consistency
from bot.evidence.notes import KeyUse, Note, Signature, SigningKey


class Difference(StrEnum):
    """What is wrong between two signed checkpoints."""

    ROOTS = "roots"
    TREE = "tree"
    UNSHOWN = "unshown"


_DIFFERENCES = {
    Difference.ROOTS: "Both are of the same size, and their roots differ. No log can be in both states.",
    Difference.TREE: "The records that lie here lead to the second. They do not begin with those of the first.",
    Difference.UNSHOWN: "The proof that came with them does not lead from the first to the second. If the log can show"
    " no other, it has two histories.",
}


@dataclass(frozen=True, slots=True)
class SplitView:
    """Two checkpoints that one log signed and that are not of one history; printed, it is the evidence of that."""

    first: Note
    second: Note
    difference: Difference

    def __str__(self) -> str:
        """Write both notes as they were signed, for anybody to check."""
        return (
            f"SPLIT VIEW\nThe log signed both of these. {_DIFFERENCES[self.difference]}\n"
            f"\n--- first\n{self.first}\n--- second\n{self.second}"
        )


@dataclass(frozen=True, slots=True)
class Agreed:
    """Both checkpoints are of one history; `newer` is the one with more records."""

    older: Checkpoint
    newer: Checkpoint


class Refusal(StrEnum):
    """Why a witness does not cosign, short of a split view."""

    UNSIGNED = "unsigned"
    SMALLER = "smaller"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Refused:
    """A checkpoint that a witness does not cosign, and why, as a word and as a sentence."""

    why: Refusal
    sentence: str


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint that continues what was seen before, with the cosignature that says so.

    Keep `note` as the last one seen, on disk, before anybody is shown the cosignature.
    """

    checkpoint: Checkpoint
    note: Note
    cosignature: Signature


class Witness:
    """Somebody with a key of their own who cosigns what continues the last checkpoint they saw."""

    def __init__(self, key: SigningKey, log: KeyChain) -> None:
        if key.use is not KeyUse.COSIGNATURE:
            raise KeyRefused("A witness needs a key of type 04, made for cosignatures.")
        if any(key.verifier.public == span.key.public for span in log.spans):
            raise KeyRefused("A witness who signs with the log's own key witnesses nothing.")
        self._key = key
        self._log = log

    def consider(
        self, offered: Note, *, last: Note | None, path: Sequence[bytes], at: datetime
    ) -> Witnessed | Refused | SplitView:
        """Cosign a checkpoint if it continues the last one seen; the first one ever is taken on trust."""
        try:
            checkpoint = self._log.checkpoint(offered)
        except NoteRefused as refused:
            return Refused(Refusal.UNSIGNED, str(refused))
        if last is not None:
            seen = self._log.checkpoint(last)
            if checkpoint.size < seen.size:
                return Refused(
                    Refusal.SMALLER,
                    f"The checkpoint has {checkpoint.size} records; one of {seen.size} was seen before.",
                )
            compared = compare(last, offered, path, self._log)
            if isinstance(compared, SplitView):
                return compared
        cosignature = cosign(offered, self._key, at=at)
        return Witnessed(checkpoint, offered.with_signatures([cosignature]), cosignature)


def compare(one: Note, other: Note, path: Sequence[bytes], keys: KeyChain) -> Agreed | SplitView:
    """See whether two checkpoints, in either order, are of one history; `path` leads from the smaller to the larger.

    Raises `NoteRefused` where the log did not sign both: what it did not sign says nothing about it.
    """
    first, second = sorted((one, other), key=lambda note: keys.checkpoint(note).size)
    older, newer = keys.checkpoint(first), keys.checkpoint(second)
    if older.size == newer.size:
        return Agreed(older, newer) if older.root == newer.root else SplitView(first, second, Difference.ROOTS)
    if not verify_consistency(older.size, newer.size, path, older.root, newer.root):
        return SplitView(first, second, Difference.UNSHOWN)
    return Agreed(older, newer)


def compare_with_tree(saved: Note, newest: Note, nodes: Nodes, keys: KeyChain) -> Agreed | SplitView:
    """See whether a checkpoint that somebody kept is of the history that lies here, whose newest checkpoint is given.

    Raises `LogRolledBack` where the log here is smaller than the one that was signed, or not the one of `newest`.
    """
    older, newer = keys.checkpoint(saved), keys.checkpoint(newest)
    ensure_continues(nodes, newer.size, newer)
    if older.size == newer.size:
        return compare(saved, newest, (), keys)
    if older.size > newer.size:
        ensure_continues(nodes, newer.size, older)
    if root_at(nodes, older.size) != older.root:
        return SplitView(saved, newest, Difference.TREE)
    return Agreed(older, newer)
