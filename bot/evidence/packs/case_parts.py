"""What of the record of a case can be disclosed or withheld: which part each of its sealed fields is."""

from bot.evidence.leaves import Leaf
from bot.evidence.packs.part_words import Part
from bot.evidence.words import Kind, Sealed
from policies.casework import words as casework

STEWARDS = frozenset(
    {
        Kind.EVIDENCE_VIEWED,
        Kind.EXPORT_REQUESTED,
        Kind.EVIDENCE_EXPORTED,
        Kind.ERASURE_REQUESTED,
        Kind.EVIDENCE_ERASED,
        Kind.HOLD_REQUESTED,
        Kind.HOLD_PLACED,
        Kind.HOLD_REVIEWED,
        Kind.HOLD_LIFTED,
        Kind.LIFTING_REQUESTED,
    }
)
"""What people did with the evidence, as against what happened in it."""

_OF_REPORTERS = frozenset({Kind.REPORT_JOINED, Kind.REPORT_UNFOUNDED, Kind.REPORTER_WARNED, Kind.REPORTER_LIMITED})
_TOLD = frozenset({Part.HANDLER, Part.AUTHOR, Part.REASON, Part.NOTES, Part.STATEMENTS})
_REPORTED = frozenset({Part.REPORTER, Part.REPORT_REASON})
_PARTS = {
    Sealed.BODY: Part.DETAILS,
    Sealed.REPORTER: Part.REPORTER,
    Sealed.REPORT_REASON: Part.REPORT_REASON,
    Sealed.MSG_REF: Part.MESSAGE,
    Sealed.ATTACHMENT: Part.ATTACHMENTS,
    Sealed.REASONS: Part.REASON,
    Sealed.NOTE: Part.NOTES,
}


def is_of_case(leaf: Leaf) -> bool:
    """Whether a record says what happened to a case."""
    return leaf.case is not None and leaf.kind not in STEWARDS


def part_of_case(leaf: Leaf, sealed: Sealed) -> Part:
    """Say which part a sealed field of what happened to a case belongs to."""
    reporters = casework.Part.REPORTER.value in leaf.codes
    match sealed:
        case Sealed.TARGET:
            return Part.REPORTER if reporters else Part.AUTHOR
        case Sealed.TEXT if leaf.kind is Kind.REPORT_JOINED:
            return Part.TEXT
        case Sealed.STATEMENT | Sealed.TEXT:
            return Part.REPORT_REASON if reporters else Part.STATEMENTS
    return _PARTS.get(sealed, Part.HANDLER)


def told_in_case(leaf: Leaf) -> frozenset[Part]:
    """Give the parts of which the body of what happened to a case tells."""
    reporters = casework.Part.REPORTER.value in leaf.codes or leaf.kind in _OF_REPORTERS
    told = _TOLD | _REPORTED if reporters else _TOLD
    return told | {Part.TEXT, Part.MESSAGE, Part.ATTACHMENTS} if leaf.kind is Kind.REPORT_JOINED else told
