"""The Merkle tree of RFC 6962: roots, inclusion proofs and consistency proofs, from whatever keeps the nodes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
LARGEST = 2**63 - 1
"""The largest size a tree can have; checkpoints cannot state a larger one."""

Path = tuple[bytes, ...]
"""The hashes of a proof, from the leaves upward."""

Keep = Callable[[int, int, bytes], object]
"""Is told level, index and hash of each node that became complete."""


class Nodes(Protocol):
    """Where the hashes of complete subtrees come from."""

    def node(self, level: int, index: int) -> bytes:
        """Give the hash over the leaves from `index << level` up to, not including, `(index + 1) << level`.

        Level 0 holds the leaf hashes. Only nodes all of whose leaves are in the tree are ever asked for.
        """


def leaf_hash(leaf: bytes) -> bytes:
    """Hash the bytes of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours into their parent."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that a tree must remember to grow: its size and the hashes of its largest complete subtrees, left to right.

    It never changes: growing gives another one, so whoever could not commit simply keeps the old.
    """

    size: int = 0
    peaks: Path = ()

    def __post_init__(self) -> None:
        """Refuse peaks that no tree of this size has."""
        if not 0 <= self.size <= LARGEST or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"A tree of {self.size} leaves does not have {len(self.peaks)} peaks.")

    @classmethod
    def of(cls, nodes: Nodes, size: int) -> "Frontier":
        """Read the frontier of a tree of a given size from its kept nodes."""
        return cls(size, tuple(nodes.node(level, index) for level, index in _peaks(0, size)))

    def extend(self, leaf_hashes: Iterable[bytes], keep: Keep | None = None) -> "Frontier":
        """Give the frontier after appending leaves; `keep` is told every node completed, children first."""
        size, peaks = self.size, list(self.peaks)
        for grown in leaf_hashes:
            tip, level = grown, 0
            if keep:
                keep(0, size, tip)
            while (size >> level) & 1:
                tip = sha256(b"\x01" + peaks.pop() + tip).digest()
                level += 1
                if keep:
                    keep(level, size >> level, tip)
            peaks.append(tip)
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The Merkle tree hash over all leaves so far."""
        return _folded(self.peaks) if self.peaks else EMPTY_ROOT


class MemoryTree:
    """A tree kept in memory, for rebuilding from leaves and for tests."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        self._frontier = Frontier()
        self.extend(leaf_hashes)

    @property
    def frontier(self) -> Frontier:
        """The frontier of the whole tree; it knows size and root."""
        return self._frontier

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append leaves."""
        self._frontier = self._frontier.extend(leaf_hashes, self._keep)

    def node(self, level: int, index: int) -> bytes:
        """Give the hash of a complete subtree."""
        return self._levels[level][index]

    def _keep(self, level: int, _index: int, found: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
        self._levels[level].append(found)


def root_at(nodes: Nodes, size: int) -> bytes:
    """Work out the root that the tree had, or has, at a size."""
    return Frontier.of(nodes, size).root


def inclusion_proof(nodes: Nodes, index: int, size: int) -> Path:
    """Prove that the leaf at `index` is in the tree of a size (RFC 6962, section 2.1.1)."""
    if not 0 <= index < size <= LARGEST:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_part(end - start)
        if index < middle:
            path.append(_range_hash(nodes, middle, end))
            end = middle
        else:
            path.append(_range_hash(nodes, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(nodes: Nodes, old: int, new: int) -> Path:
    """Prove that the tree of size `new` begins with all of the tree of size `old` (RFC 6962, section 2.1.2).

    From the empty tree to any other there is nothing to prove, and the proof is empty.
    """
    if not 0 <= old <= new <= LARGEST:
        raise ValueError(f"A tree of {old} leaves does not come before one of {new}.")
    if old in (0, new):
        return ()
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _left_part(end - start)
        if old <= middle:
            path.append(_range_hash(nodes, middle, end))
            end = middle
        else:
            path.append(_range_hash(nodes, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(nodes, start, end))
    return tuple(reversed(path))


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from a leaf's hash at `index` to the root of a tree of `size`; garbage is no proof.

    The size decides the shape of the path and nothing else: where two sizes give a leaf the same shape, the path
    holds for both. Take size and root from one verified checkpoint, whose signature binds them together.
    """
    if not (_natural(index, size) and index < size and _hashes(leaf, root, *_items(path))):
        return False
    if len(path) != _inclusion_length(index, size):
        return False
    found, place, last = leaf, index, size - 1
    for sibling in path:
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found == root


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the path shows that the newer tree begins with the older one; garbage is no proof.

    As with inclusion, sizes and roots belong together through the checkpoints that they are taken from.
    """
    if not (_natural(old, new) and old <= new and _hashes(old_root, new_root, *_items(path))):
        return False
    if old == new:
        return not path and old_root == new_root and (old > 0 or old_root == EMPTY_ROOT)
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if len(hashes) != _consistency_length(old, new):
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return before == old_root and after == new_root


def _left_part(width: int) -> int:
    """Give the largest power of two below a width of two or more."""
    return 1 << ((width - 1).bit_length() - 1)


def _peaks(start: int, end: int) -> list[tuple[int, int]]:
    """Split leaves, beginning where a subtree as wide may begin, into complete subtrees, largest first."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _range_hash(nodes: Nodes, start: int, end: int) -> bytes:
    return _folded([nodes.node(level, index) for level, index in _peaks(start, end)])


def _folded(peaks: Sequence[bytes]) -> bytes:
    *others, found = peaks
    for peak in reversed(others):
        found = node_hash(peak, found)
    return found


def _inclusion_length(index: int, size: int) -> int:
    """Count the hashes of an inclusion proof: one a level up to where the right edge is met, then one a left peak."""
    below = (index ^ (size - 1)).bit_length()
    return below + (index >> below).bit_count()


def _consistency_length(old: int, new: int) -> int:
    """Count the hashes of a consistency proof, the one it starts from included."""
    complete = ((old - 1) ^ old).bit_length() - 1
    return 1 + _inclusion_length((old - 1) >> complete, ((new - 1) >> complete) + 1)


def _items(path: object) -> tuple[object, ...]:
    return tuple(path) if isinstance(path, list | tuple) else (None,)


def _natural(*sizes: object) -> bool:
    return all(type(size) is int and 0 <= size <= LARGEST for size in sizes)


def _hashes(*found: object) -> bool:
    return all(isinstance(item, bytes) and len(item) == HASH_BYTES for item in found)
