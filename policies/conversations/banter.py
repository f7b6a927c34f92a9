"""Banter: mild insults between friends who both laugh, until one of them asks to stop."""

import re

from policies.assess import with_findings
from policies.assessments import Assessment
from policies.conversations.pile_on import PileOns
from policies.conversations.repeat_targeting import RepeatTargeting
from policies.conversations.utterances import Heard
from policies.findings import Certainty, Finding

_MILD = frozenset(("insult", "obscene", "harassment"))
_ROUGH = re.compile(r"\b(?:cunt|bitch|slag|whore|slut|scum|vermin|hate you|kill|die|rape)\w*\b")
_MOST_ALONE = 2


def without_banter(heard: Heard, pairs: RepeatTargeting, piles: PileOns) -> Assessment:
    """Give the assessment without the mild insults that two friends exchange.

    It is banter where the author laughs or is fond and has not gone on at a silent member, or where
    the member gives as good as they get; never with slurs, threats or hatred, and never once one of
    them asked to stop or a crowd is at the same member.
    """
    assessment = heard.assessment
    used = heard.abuse
    if (
        not heard.author[1]
        or not used
        or any(f.kind not in _MILD or f.characteristic for f in used)
        or _ROUGH.search(heard.folded)
    ):
        return assessment
    member = heard.targets[0] if heard.targets else heard.implied
    if member is None:
        merry = "laughing" in heard.signs and all(f.certainty is Certainty.LIKELY for f in used)
        return _without(assessment, used) if merry else assessment
    if pairs.stopped(heard.author, member, heard.at) or pairs.stopped(member, heard.author, heard.at):
        return assessment
    merry = bool({"laughing", "fond"} & heard.signs)
    mutual = pairs.mutual(heard.author, member, heard.at)
    alone = pairs.hard(heard.author, member, heard.at)
    if piles.running(member, heard.at) and not mutual:
        return assessment
    friendly = pairs.friendly(heard.author, member, heard.at)
    if not ((merry and (mutual or alone < _MOST_ALONE)) or (mutual and friendly)):
        return assessment
    return _without(assessment, used)


def _without(assessment: Assessment, used: tuple[Finding, ...]) -> Assessment:
    findings = tuple(f for f in assessment.findings if f not in used)
    return with_findings(assessment, findings)
