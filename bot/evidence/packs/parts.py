"""What of a record can be disclosed or withheld: parts, by the words in which people choose them."""

from collections.abc import Collection

from bot.evidence.leaves import Leaf
from bot.evidence.packs import part_words
from bot.evidence.packs.case_parts import is_of_case, part_of_case, told_in_case
from bot.evidence.words import Code, Kind, Sealed
from policies.acts import Verb

Part = part_words.Part
EVERY = frozenset(Part)
WITHIN = EVERY - {Part.REPORTER, Part.REPORT_REASON, Part.HANDLER}
"""What is disclosed inside the body unless somebody says otherwise: not who reported it, nor who dealt with it."""
USUAL = WITHIN - {Part.CONTEXT, Part.NOTES}
"""What is disclosed outside it unless somebody says otherwise: not what people said around it or noted, either."""


def usual(basis: Code) -> frozenset[Part]:
    """Give the parts that are disclosed on a ground unless somebody says otherwise."""
    return WITHIN if basis is Code.BASIS_WITHIN_BODY else USUAL


def named(words: Collection[str]) -> frozenset[Part]:
    """Give the parts by their words."""
    return frozenset(part for part in Part if part.value in words)


_BY_FIELD = {
    Sealed.TEXT: Part.TEXT,
    Sealed.BEFORE: Part.BEFORE,
    Sealed.PARENT: Part.ANSWERED,
    Sealed.PARENT_CONTEXT: Part.ANSWERED,
    Sealed.MSG_REF: Part.MESSAGE,
    Sealed.REPORTER: Part.REPORTER,
    Sealed.REPORT_REASON: Part.REPORT_REASON,
    Sealed.TARGET: Part.AUTHOR,
    Sealed.ATTACHMENT: Part.ATTACHMENTS,
    Sealed.CONTEXT_BEFORE: Part.CONTEXT,
    Sealed.CONTEXT_AFTER: Part.CONTEXT,
    Sealed.REASON: Part.REASON,
    Sealed.REASONS: Part.REASON,
    Sealed.NOTE: Part.REASON,
    Sealed.STATEMENT: Part.REASON,
}
_OF_MESSAGES = (Kind.INCIDENT_RECORDED, Kind.MESSAGE_EDITED)
_OF_FILES = (Kind.ATTACHMENT_KEPT, Kind.ATTACHMENT_MISSED)
_TOLD = (
    Kind.OUTCOME_RECORDED,
    Kind.MESSAGE_DELETED,
    Kind.ACT_RECORDED,
    Kind.CONTEXT_KEPT,
    *_OF_FILES,
    *_OF_MESSAGES,
)


def part_of(leaf: Leaf, field: str) -> Part:
    """Say which part a sealed field of a record belongs to."""
    sealed = Sealed(field.partition(".")[0])
    if is_of_case(leaf):
        return part_of_case(leaf, sealed)
    if _is_report(leaf) and sealed in (Sealed.AUTHOR, Sealed.REASON):
        return Part.REPORTER if sealed is Sealed.AUTHOR else Part.REPORT_REASON
    if sealed is Sealed.AUTHOR:
        return Part.AUTHOR if leaf.kind in _OF_MESSAGES else Part.HANDLER
    if sealed is Sealed.BODY:
        return Part.DETAILS if leaf.kind in _TOLD else Part.HANDLER
    return _BY_FIELD[sealed]


def is_open(leaf: Leaf, field: str, chosen: Collection[Part]) -> bool:
    """Whether a field is disclosed, given the parts that were chosen.

    The body of a record tells of its other parts: findings of the words, links of the message. So it is disclosed only
    together with all that it tells of.
    """
    wanted = {part_of(leaf, field)}
    if field == Sealed.BODY:
        wanted |= set(_tells_of(leaf))
    return wanted <= set(chosen)


def _tells_of(leaf: Leaf) -> Collection[Part]:
    if is_of_case(leaf):
        return told_in_case(leaf)
    if _is_report(leaf):
        return {Part.REPORTER, Part.REPORT_REASON, Part.AUTHOR}
    return _TELLS_OF.get(leaf.kind, {Part.HANDLER})


def _is_report(leaf: Leaf) -> bool:
    return leaf.kind is Kind.ACT_RECORDED and Verb.REPORT.value in leaf.codes


_OF_A_MESSAGE = {Part.TEXT, Part.BEFORE, Part.ANSWERED, Part.AUTHOR, Part.MESSAGE, Part.ATTACHMENTS}
_TELLS_OF = {
    Kind.INCIDENT_RECORDED: _OF_A_MESSAGE,
    Kind.MESSAGE_EDITED: _OF_A_MESSAGE,
    Kind.OUTCOME_RECORDED: {Part.MESSAGE},
    Kind.MESSAGE_DELETED: {Part.MESSAGE, Part.HANDLER},
    Kind.ACT_RECORDED: {Part.HANDLER, Part.REASON, Part.AUTHOR},
    Kind.CONTEXT_KEPT: {Part.CONTEXT},
    Kind.ATTACHMENT_KEPT: {Part.ATTACHMENTS},
    Kind.ATTACHMENT_MISSED: {Part.ATTACHMENTS},
}
