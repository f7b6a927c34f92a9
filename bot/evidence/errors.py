"""Every error of the evidence core.

EvidenceError
├── LeafRefused        a leaf that would hold what no leaf may hold, or bytes that are no leaf
├── NoteRefused        bytes that are no signed note, or a note without a good signature
├── ProofRefused       a proof that proves nothing
├── LogRolledBack      the log is smaller than, or not the same as, what was signed before
├── SealBroken         sealed bytes that were changed, moved, cut short or sealed under another key
├── KeyRefused         a key, or the file or variable that should hold one, is not fit for use
└── TooLarge           an attachment is larger than will be kept
"""


class EvidenceError(Exception):
    """A failure with a sentence a person can act on."""


class LeafRefused(EvidenceError):  # noqa: N818 - it says what became of the leaf
    """A leaf that would hold what no leaf may hold, or bytes that are no leaf."""


class NoteRefused(EvidenceError):  # noqa: N818 - it says what became of the note
    """Bytes that are no signed note, or a note without a good signature."""


class ProofRefused(EvidenceError):  # noqa: N818 - it says what became of the proof
    """A proof that proves nothing."""


class LogRolledBack(EvidenceError):  # noqa: N818 - it names a state of the world
    """The log is smaller than, or not the same as, what was signed before."""


class SealBroken(EvidenceError):  # noqa: N818 - it names a state of the world
    """Sealed bytes that were changed, moved, cut short or sealed under another key."""


class KeyRefused(EvidenceError):  # noqa: N818 - it says what became of the key
    """A key, or the file or variable that should hold one, is not fit for use."""


class TooLarge(EvidenceError):  # noqa: N818 - it names a state of the world
    """An attachment is larger than will be kept."""
