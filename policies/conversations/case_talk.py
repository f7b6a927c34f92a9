"""Talk of somebody's case: the id of one, real or made up, or a known person's name in the words of a case."""

import re

from policies.conversations.names import Names
from policies.conversations.utterances import Heard
from policies.findings import Category, Finding

_READ = 1_000
_GATE = re.compile(
    r"suspen|expel|expul|investigat|disciplin|complain|hearing|misconduct|reinstat|readmi|\bcase\b|whip|[cr]\W?20\d\d"
)
_CASE_ID = re.compile(r"\b[CR][-\u2010-\u2015 ]?20\d\d[-\u2010-\u2015 ]\d{4,6}\b", re.IGNORECASE)
_WHO = r"(?P<who><@!?[A-Za-z0-9_.-]+(?:\|[^>]*)?>|@?[^\W\d_][\w-]*(?:\.[\w-]+)*(?:\s+(?-i:[A-Z])[\w-]+)?)"
_TITLE = r"(?:(?:the|our|poor|dear|cllr|councillor|mr|mrs|ms|dr)\.?\s+)*"
_DONE = r"(?:suspended|expelled|disciplined|reinstated|readmitted|investigated|under investigation)"
_SAYINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:suspension|expulsion|reinstatement|readmission|disciplinary|investigation)s?\b(?:\s+\w+){0,2}?\s+"
        rf"(?:of|into|against|about|on|over|concerning|regarding|involving)\s+{_TITLE}{_WHO}",
        r"\b(?:complaint|case|hearing|misconduct|disciplinary|proceedings)s?\b(?:\s+\w+)?\s+"
        rf"(?:against|about|into|concerning|regarding|involving)\s+{_TITLE}{_WHO}",
        rf"{_WHO}['\u2019]s\s+(?:\w+\s+){{0,2}}?(?:suspension|expulsion|reinstatement|readmission|disciplinary|hearing|"
        r"investigation(?!\s+(?:into|of|on|found|shows))|case(?!\s*(?:for|work|load|study|that|is that)))\b",
        rf"{_WHO}(?:['\u2019]s|\s+(?:was|is|has|gets?|got|being))\s+(?:been\s+|being\s+|now\s+|just\s+){{0,2}}{_DONE}\b",
        rf"\b(?:was|is|has|did|get|getting|got)\s+{_TITLE}{_WHO}\s+(?:been\s+|being\s+|get\s+|was\s+|is\s+)?{_DONE}\b",
        rf"\b(?:suspend|expel|reinstate|readmit|discipline|investigate)\s+{_TITLE}{_WHO}",
        rf"\b(?:restore|remove|withdraw)\s+the\s+whip\s+(?:to|from)\s+{_TITLE}{_WHO}",
    )
)
"""Where a name stands in the words of a case. What a councillor looks into, or complains of, is not about them."""


def find_case_talk(heard: Heard, names: Names) -> Finding | None:
    """Give a finding where a message talks of a case about somebody else.

    Whether there is such a case plays no part, so that nothing follows from what is found.
    """
    if _GATE.search(heard.folded) is None or heard.assessment.context.author_is_moderator:
        return None
    text = heard.utterance.text[:_READ]
    if _CASE_ID.search(text):
        return _finding(heard, "it names a case")
    for saying in _SAYINGS:
        for match in saying.finditer(text):
            known = names.known_by(match["who"], heard.place)
            if known is not None and known != heard.author:
                return _finding(heard, "it names somebody in the words of a case")
    return None


def _finding(heard: Heard, because: str) -> Finding:
    return heard.finding("case-talk", "case-talk", because, Category.NOT_COMPETENT_BUSINESS)
