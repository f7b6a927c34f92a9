"""Two histories of one record: whoever holds a checkpoint of the one finds the other out."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import consistency_proof
from bot.evidence.notes import KeyUse, Note, SigningKey
from bot.evidence.witness import Difference, SplitView, Witness, Witnessed, compare_with_tree
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import StoredNodes
from bot.store.sqlite.store import open_store
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock

Proof = tuple[bytes, ...]
AT = datetime(2026, 5, 4, tzinfo=UTC)


async def test_two_forks_of_one_record_are_a_split_view_to_whoever_saw_both(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    async with open_store(one, FrozenClock()) as store:
        for number in range(5):
            await store.evidence.record(make.incident(number))
        common = await store.checkpoints.sign()
        keys = KeyChain.trusting(store.keys.first)
    assert common is not None
    shutil.copytree(one, other)
    seen = await _goes_on(one, range(10, 14))
    async with open_store(other, FrozenClock()) as store:  # as sound as the first, to whoever sees it alone
        for number in range(20, 27):
            await store.evidence.record(make.incident(number))
        offered = await store.checkpoints.sign()
        assert offered is not None
        witness = Witness(SigningKey.new("ann.example/witness", KeyUse.COSIGNATURE), keys)
        since_common, since_seen = await store.writer.read(_proofs)
        assert isinstance(witness.consider(offered, last=common, path=since_common, at=AT), Witnessed)
        told = witness.consider(offered, last=seen, path=since_seen, at=AT)
        found = await store.writer.read(lambda db: compare_with_tree(seen, offered, StoredNodes(db), keys))
    assert isinstance(told, SplitView)
    assert str(told).startswith("SPLIT VIEW\n")
    assert str(seen) in str(told)
    assert str(offered) in str(told)
    assert found == SplitView(seen, offered, Difference.TREE)


async def _goes_on(folder: Path, numbers: range) -> Note:
    async with open_store(folder, FrozenClock()) as store:
        for number in numbers:
            await store.evidence.record(make.incident(number))
        note = await store.checkpoints.sign()
    assert note is not None
    return note


def _proofs(database: Database) -> tuple[Proof, Proof]:
    """Prove that the log of 12 continues those of 5 and of 9 records."""
    tree = StoredNodes(database)
    return consistency_proof(tree, 5, 12), consistency_proof(tree, 9, 12)
