"""The tree equals RFC 6962's, by its test vectors and by another implementation; no proof survives a flipped bit."""

import random
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from bot.evidence.merkle import (
    EMPTY_ROOT,
    LARGEST,
    Frontier,
    MemoryTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_at,
    verify_consistency,
    verify_inclusion,
)

# The inputs and roots with which implementations of Certificate Transparency test themselves.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
N01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
N0123 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"


def test_the_roots_are_those_of_the_certificate_transparency_vectors() -> None:
    tree = MemoryTree()
    assert tree.frontier.root.hex() == ROOTS[0]
    for size, leaf in enumerate(LEAVES, 1):
        tree.extend([leaf_hash(leaf)])
        assert tree.frontier.size == size
        assert tree.frontier.root.hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 2, [L1]),
        (1, 2, [L0]),
        (2, 3, [N01]),
        (1, 5, [L0, N23, L4]),
        (0, 8, [L1, N23, N4567]),
        (5, 8, [L4, N67, N0123]),
    ],
)
def test_inclusion_proofs_are_those_of_the_vectors(index: int, size: int, path: list[str]) -> None:
    tree = MemoryTree(map(leaf_hash, LEAVES))
    assert [found.hex() for found in inclusion_proof(tree, index, size)] == path


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [(1, 1, []), (1, 8, [L1, N23, N4567]), (2, 5, [N23, L4]), (6, 8, [N45, N67, N0123])],
)
def test_consistency_proofs_are_those_of_the_vectors(old: int, new: int, path: list[str]) -> None:
    tree = MemoryTree(map(leaf_hash, LEAVES))
    assert [found.hex() for found in consistency_proof(tree, old, new)] == path


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=40), max_size=300), st.data())
def test_roots_and_proofs_equal_those_of_another_implementation(leaves: list[bytes], data: st.DataObject) -> None:
    theirs = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        theirs.append_entry(leaf)
    ours = MemoryTree(map(leaf_hash, leaves))
    size = len(leaves)
    assert ours.frontier.root == (theirs.get_root(size) if size else EMPTY_ROOT)
    if not size:
        return
    earlier = data.draw(st.integers(1, size))
    assert root_at(ours, earlier) == theirs.get_root(earlier)
    index = data.draw(st.integers(0, earlier - 1))
    # Theirs counts leaves from one, and its paths begin with the hash that is being proved.
    assert list(inclusion_proof(ours, index, earlier)) == theirs.prove_inclusion(index + 1, earlier).path[1:]
    path = consistency_proof(ours, earlier, size)
    assert verify_consistency(earlier, size, path, root_at(ours, earlier), ours.frontier.root)


@pytest.mark.parametrize("size", range(301))
def test_a_tree_grown_leaf_by_leaf_or_all_at_once_has_the_root_of_the_definition(size: int) -> None:
    hashes = [leaf_hash(b"%d" % number) for number in range(size)]
    frontier = Frontier()
    for grown in hashes:
        frontier = frontier.extend([grown])
    assert frontier == Frontier().extend(hashes)
    assert frontier.root == _defined(hashes)


def test_growing_gives_a_new_frontier_and_leaves_the_old_one_as_it_was() -> None:
    before = Frontier().extend([leaf_hash(b"a")] * 5)
    kept = (before.size, before.peaks, before.root)
    assert before.extend([leaf_hash(b"b")]) != before
    assert (before.size, before.peaks, before.root) == kept


def test_each_node_is_told_once_when_it_is_complete_and_children_come_first() -> None:
    told: dict[tuple[int, int], bytes] = {}

    def keep(level: int, index: int, found: bytes) -> None:
        assert (level, index) not in told
        told[level, index] = found
        if level:
            assert found == node_hash(told[level - 1, 2 * index], told[level - 1, 2 * index + 1])

    frontier = Frontier().extend([leaf_hash(b"%d" % number) for number in range(13)], keep)
    assert len(told) == 13 + 6 + 3 + 1
    assert frontier.peaks == (told[3, 0], told[2, 2], told[0, 12])


def test_a_frontier_read_from_kept_nodes_goes_on_as_if_it_had_never_been_away() -> None:
    tree = MemoryTree(_numbered(37))
    assert Frontier.of(tree, 37) == tree.frontier
    assert Frontier.of(tree, 21) == Frontier().extend(_numbered(21))


@pytest.mark.parametrize(("size", "peaks"), [(-1, 0), (3, 1), (4, 0), (0, 1), (LARGEST + 1, 1)])
def test_a_frontier_that_cannot_be_is_refused(size: int, peaks: int) -> None:
    with pytest.raises(ValueError, match="peaks"):
        Frontier(size, (EMPTY_ROOT,) * peaks)


def test_proofs_ask_only_for_nodes_that_are_complete() -> None:
    tree = MemoryTree(_numbered(64))

    class Watched:
        def node(self, level: int, index: int) -> bytes:
            assert (index + 1) << level <= size
            return tree.node(level, index)

    for size in range(1, 65):
        for index in range(size):
            inclusion_proof(Watched(), index, size)
            consistency_proof(Watched(), index, size)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (4, 3), (0, LARGEST + 1)])
def test_no_proof_is_made_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(MemoryTree(_numbered(4)), index, size)


def test_no_proof_is_made_backwards() -> None:
    with pytest.raises(ValueError, match="does not come before"):
        consistency_proof(MemoryTree(_numbered(4)), 4, 3)


def test_every_proof_up_to_64_leaves_verifies() -> None:
    assert all(verify_inclusion(*parts) for parts in _inclusions())
    assert all(verify_consistency(*parts) for parts in _consistencies())


def test_no_inclusion_proof_survives_a_flipped_bit() -> None:
    chance = random.Random(6962)
    for index, size, leaf, path, root in _inclusions():
        assert not verify_inclusion(index, size, _flipped(leaf, chance), path, root)
        assert not verify_inclusion(index, size, leaf, path, _flipped(root, chance))
        for bit in range(8):
            assert not verify_inclusion(index ^ 1 << bit, size, leaf, path, root)
        for place in range(len(path)):
            changed = (*path[:place], _flipped(path[place], chance), *path[place + 1 :])
            assert not verify_inclusion(index, size, leaf, changed, root)


def test_no_consistency_proof_survives_a_flipped_bit() -> None:
    chance = random.Random(6962)
    for old, new, path, old_root, new_root in _consistencies():
        assert not verify_consistency(old, new, path, _flipped(old_root, chance), new_root)
        assert not verify_consistency(old, new, path, old_root, _flipped(new_root, chance))
        for place in range(len(path)):
            changed = (*path[:place], _flipped(path[place], chance), *path[place + 1 :])
            assert not verify_consistency(old, new, changed, old_root, new_root)


@pytest.mark.full
def test_no_proof_survives_any_flipped_bit() -> None:
    for index, size, leaf, path, root in _inclusions():
        for flipped in _each_flip(leaf, *path, root):
            assert not verify_inclusion(index, size, flipped[0], flipped[1:-1], flipped[-1])
    for old, new, path, old_root, new_root in _consistencies():
        for flipped in _each_flip(old_root, *path, new_root):
            assert not verify_consistency(old, new, flipped[1:-1], flipped[0], flipped[-1])


def test_a_flipped_size_passes_only_where_it_gives_the_leaf_the_same_path() -> None:
    """The size of a tree is not in its root; it is the checkpoint's signature that binds the two."""
    for index, size, leaf, path, root in _inclusions():
        for bit in range(8):
            other = size ^ 1 << bit
            same_shape = index < other and len(_shape(index, other)) == len(path)
            same_shape = same_shape and _shape(index, other) == _shape(index, size)
            assert verify_inclusion(index, other, leaf, path, root) == same_shape


def test_a_path_that_is_too_short_or_too_long_proves_nothing() -> None:
    for index, size, leaf, path, root in _inclusions():
        for wrong in (path[:-1] if path else None, path[1:] if path else None, (*path, root), (leaf, *path)):
            assert wrong is None or not verify_inclusion(index, size, leaf, wrong, root)
    for old, new, path, old_root, new_root in _consistencies():
        for wrong in (path[:-1] if path else None, path[1:] if path else None, (*path, new_root), (old_root, *path)):
            assert wrong is None or not verify_consistency(old, new, wrong, old_root, new_root)


def test_the_empty_tree_is_the_beginning_of_every_tree_and_no_other_root_is() -> None:
    root = MemoryTree(_numbered(5)).frontier.root
    assert verify_consistency(0, 5, (), EMPTY_ROOT, root)
    assert verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 5, (), root, root)
    assert not verify_consistency(0, 0, (), root, root)
    assert not verify_consistency(0, 5, (root,), EMPTY_ROOT, root)


_ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(max_size=40), st.just(EMPTY_ROOT)
)


@settings(deadline=None)
@given(st.lists(_ANYTHING | st.lists(_ANYTHING), min_size=5, max_size=5))
def test_garbage_is_no_proof_and_raises_nothing(garbage: list[object]) -> None:
    assert not verify_inclusion(*garbage)  # type: ignore[arg-type]  # garbage is the point
    if garbage[:3] != [0, 0, ()]:
        assert not verify_consistency(*garbage)  # type: ignore[arg-type]  # garbage is the point


@pytest.mark.parametrize("junk", [None, 7, "x" * 32, bytearray(32), bytes(31), bytes(33), b""], ids=repr)
def test_one_part_that_is_no_hash_spoils_a_proof_and_raises_nothing(junk: object) -> None:
    tree = MemoryTree(_numbered(11))
    root = tree.frontier.root
    grown = consistency_proof(tree, 6, 11)
    found = inclusion_proof(tree, 5, 11)
    old_root = root_at(tree, 6)
    for place in range(len(grown)):
        path = cast("list[bytes]", [*grown[:place], junk, *grown[place + 1 :]])
        assert not verify_consistency(6, 11, path, old_root, root)
    for place in range(len(found)):
        path = cast("list[bytes]", [*found[:place], junk, *found[place + 1 :]])
        assert not verify_inclusion(5, 11, tree.node(0, 5), path, root)
    wrong = cast("bytes", junk)
    assert not verify_consistency(6, 11, grown, wrong, root)
    assert not verify_consistency(6, 11, grown, old_root, wrong)
    assert not verify_inclusion(5, 11, wrong, found, root)
    assert not verify_inclusion(5, 11, tree.node(0, 5), found, wrong)


def test_a_truth_value_is_no_number_and_a_text_is_no_path() -> None:
    root = leaf_hash(b"")
    assert verify_inclusion(0, 1, root, (), root)
    assert not verify_inclusion(False, 1, root, (), root)
    assert not verify_inclusion(0, True, root, (), root)
    assert not verify_inclusion(0, 1, root, "", root)  # type: ignore[arg-type]  # a text is the point
    assert not verify_inclusion(0, 2**63, root, (), root)


@cache
def _numbered(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(count)]


def _inclusions() -> Iterator[tuple[int, int, bytes, tuple[bytes, ...], bytes]]:
    """Give the parts of every inclusion proof in every tree of up to 64 leaves."""
    tree = MemoryTree(_numbered(64))
    for size in range(1, 65):
        root = root_at(tree, size)
        for index in range(size):
            yield index, size, tree.node(0, index), inclusion_proof(tree, index, size), root


def _consistencies() -> Iterator[tuple[int, int, tuple[bytes, ...], bytes, bytes]]:
    """Give the parts of every consistency proof between trees of one to 64 leaves."""
    tree = MemoryTree(_numbered(64))
    roots = [root_at(tree, size) for size in range(65)]
    for new in range(1, 65):
        for old in range(1, new + 1):
            yield old, new, consistency_proof(tree, old, new), roots[old], roots[new]


def _shape(index: int, size: int) -> str:
    """Say on which side each sibling of a leaf's path stands."""
    sides = ""
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        sides = ("r" if index < middle else "l") + sides
        start, end = (start, middle) if index < middle else (middle, end)
    return sides


def _flipped(found: bytes, chance: random.Random) -> bytes:
    bit = chance.randrange(len(found) * 8)
    return _with_flip(found, bit)


def _with_flip(found: bytes, bit: int) -> bytes:
    return (int.from_bytes(found) ^ 1 << bit).to_bytes(len(found))


def _each_flip(*hashes: bytes) -> Iterator[tuple[bytes, ...]]:
    for place, found in enumerate(hashes):
        for bit in range(256):
            yield (*hashes[:place], _with_flip(found, bit), *hashes[place + 1 :])


def _defined(hashes: list[bytes]) -> bytes:
    """The definition in RFC 6962, section 2.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(_defined(hashes[:k]), _defined(hashes[k:]))
