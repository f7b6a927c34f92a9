"""Small logs with keys, as the tests of checkpoints, proofs and witnesses use them."""

import random
from dataclasses import dataclass, field

from bot.evidence.checkpoints import Checkpoint, sign_checkpoint
from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import MemoryTree, leaf_hash, root_at
from bot.evidence.notes import KeyUse, Note, SigningKey

ORIGIN = "party.example/channels"


def key(name: str = ORIGIN, use: KeyUse = KeyUse.NOTE, *, seed: int = 1) -> SigningKey:
    """Make the same key each time."""
    return SigningKey.new(name, use, random.Random(f"{name} {seed}").randbytes)


def witness_key(name: str) -> SigningKey:
    """Make the same witness's key each time."""
    return key(f"{name}.example", KeyUse.COSIGNATURE)


@dataclass
class Log:
    """A log whose leaves are numbered texts of one author, so that two logs can differ from some leaf on."""

    size: int
    author: str = "a"
    forked_at: int = 0
    signing: SigningKey = field(default_factory=key)

    def leaf(self, index: int) -> bytes:
        """Give the bytes of a leaf."""
        return f"{self.author if index >= self.forked_at else 'a'} {index}".encode()

    @property
    def tree(self) -> MemoryTree:
        """The whole tree."""
        return MemoryTree(leaf_hash(self.leaf(index)) for index in range(self.size))

    @property
    def keys(self) -> KeyChain:
        """What a stranger trusts."""
        return KeyChain.trusting(self.signing.verifier)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Give the checkpoint at a size."""
        at = self.size if size is None else size
        return Checkpoint(ORIGIN, at, root_at(self.tree, at))

    def note(self, size: int | None = None) -> Note:
        """Sign the checkpoint at a size."""
        return sign_checkpoint(self.tree, self.size if size is None else size, self.signing, None)
