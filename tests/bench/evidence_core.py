"""`python -m tests.bench.evidence_core`: what tree, leaves, signatures and seals cost, against their limits."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import rfc8785

from bot.evidence.attachments import LARGEST, PIECE, AttachmentWriter, open_attachment
from bot.evidence.chance import new_case, new_incident, new_person, new_salt
from bot.evidence.checkpoints import sign_checkpoint
from bot.evidence.keychain import KeyChain
from bot.evidence.leaves import Leaf, PolicyRef, commitment, parse_leaf
from bot.evidence.merkle import Frontier, MemoryTree, consistency_proof, inclusion_proof, leaf_hash
from bot.evidence.notes import KeyUse, SigningKey
from bot.evidence.proofs import InclusionProof
from bot.evidence.sealing import DataKey, Place
from bot.evidence.words import Kind, Role
from bot.evidence.wrapping import KeyRing, WrappingKey
from tests.bench.report import Limit, show

RECORDS = 100_000
AT = datetime(2026, 3, 1, tzinfo=UTC)


def main() -> int:
    """Time everything, write a table and give 1 where a limit is broken."""
    limits = [*_tree(), *_leaves(), *_notes(), *_seals()]
    for limit in limits:
        mark = "ok" if limit.kept else "BROKEN"
        show(f"{limit.name:<58} {limit.measured:>9.1f} {limit.unit:<10} (at most {limit.limit:g}) {mark}")
    return 0 if all(limit.kept for limit in limits) else 1


def _tree() -> list[Limit]:
    hashes = [leaf_hash(b"%d" % number) for number in range(RECORDS)]

    def one_by_one() -> None:
        frontier = Frontier()
        for grown in hashes[:10_000]:
            frontier = frontier.extend([grown])

    tree = MemoryTree(hashes)
    return [
        Limit("append to the tree, one by one", _best(one_by_one, 5) / 10_000 * 1e6, 20, "us/record"),
        Limit(
            "append to the tree, in one batch", _best(lambda: Frontier().extend(hashes), 3) / RECORDS * 1e6, 10, "us"
        ),
        Limit("rebuild 100,000 records with every node", _best(lambda: MemoryTree(hashes), 3) * 1e3, 1_500, "ms"),
        Limit("inclusion proof in 100,000", _each(lambda: inclusion_proof(tree, 77_777, RECORDS)), 500, "us"),
        Limit("consistency proof to 100,000", _each(lambda: consistency_proof(tree, 77_777, RECORDS)), 500, "us"),
    ]


def _leaves() -> list[Limit]:
    leaf = _leaf()
    written = leaf.to_bytes()
    said = json.loads(written)

    def read_again() -> None:
        for _ in range(RECORDS // 10):
            parse_leaf(written)
            leaf_hash(written)

    return [
        Limit("make a leaf", _each(_leaf), 300, "us"),
        Limit("write a leaf", _each(leaf.to_bytes), 200, "us"),
        Limit("the part of it that is RFC 8785", _each(lambda: rfc8785.dumps(said)), 200, "us"),
        Limit("commit to a text", _each(lambda: commitment(bytes(32), written)), 50, "us"),
        Limit("read and hash 100,000 leaves", _best(read_again, 3) * 10, 15, "s"),
    ]


def _notes() -> list[Limit]:
    key = SigningKey.new("party.example/log", KeyUse.NOTE)
    keys = KeyChain.trusting(key.verifier)
    tree = MemoryTree(leaf_hash(b"%d" % number) for number in range(1_000))
    note = sign_checkpoint(tree, 1_000, key, None)
    last = keys.checkpoint(note)
    proof = InclusionProof(7, inclusion_proof(tree, 7, 1_000), note)
    return [
        Limit("sign bytes", _each(lambda: key.sign(b"x")), 500, "us"),
        Limit(
            "sign a checkpoint, after looking at the last",
            _each(lambda: sign_checkpoint(tree, 1_000, key, last)),
            1_000,
            "us",
        ),
        Limit("verify a checkpoint", _each(lambda: keys.checkpoint(note)), 1_000, "us"),
        Limit("write and read a proof file", _each(lambda: InclusionProof.parse(proof.to_bytes())), 500, "us"),
    ]


def _seals() -> list[Limit]:
    key, ring, place = DataKey.new(), KeyRing(WrappingKey.new()), Place("s_01", "text", 41)
    text = bytes(1_500)
    sealed, wrapped = key.seal(place, text), ring.wrap("dek|i_1", key.secret)
    return [
        Limit("seal 1,500 bytes", _each(lambda: key.seal(place, text)), 200, "us"),
        Limit("open 1,500 bytes", _each(lambda: key.open(place, sealed)), 200, "us"),
        Limit("wrap a key", _each(lambda: ring.wrap("dek|i_1", key.secret)), 200, "us"),
        Limit("unwrap a key", _each(lambda: ring.unwrap("dek|i_1", wrapped)), 200, "us"),
        *_attachment(key),
    ]


def _attachment(key: DataKey) -> list[Limit]:
    place = Place("a_01", "attachment.1", 41)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")

        def keep() -> None:
            path.unlink(missing_ok=True)
            with AttachmentWriter(path, key, place, salt=new_salt()) as writer:
                for _ in range(LARGEST // PIECE):
                    writer.write(bytes(PIECE))
                writer.finish()

        def read() -> None:
            for _ in open_attachment(path, key, place):
                pass

        return [
            Limit("seal an attachment of 8 MiB to the disk", _best(keep, 5, time.perf_counter) * 1e3, 1_000, "ms"),
            Limit("open an attachment of 8 MiB", _best(read, 5, time.perf_counter) * 1e3, 500, "ms"),
        ]


def _leaf() -> Leaf:
    return Leaf(
        seq=41,
        kind=Kind.DECISION_MADE,
        at=AT,
        plat_at=AT,
        actor=new_person(),
        role=Role.DECIDER,
        case=new_case(),
        incident=new_incident(),
        policy=PolicyRef(id="party-channels", version=3, sha256="ab" * 32),
        rules=("threat-of-violence",),
        codes=("uphold",),
        commit=dict.fromkeys(("text", "author", "msg_ref", "reasons"), "cd" * 32),
        numbers={"score_pm": 910},
    )


def _each(step: Callable[[], object], times: int = 2_000) -> float:
    """Give the microseconds of one call, from the best of several rounds."""

    def round_of_calls() -> None:
        for _ in range(times):
            step()

    return _best(round_of_calls, 3) / times * 1e6


def _best(step: Callable[[], object], rounds: int, clock: Callable[[], float] = time.process_time) -> float:
    """Give the seconds of CPU of the quickest run: the others paid for what else the machine did."""
    times = []
    for _ in range(rounds):
        before = clock()
        step()
        times.append(clock() - before)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
