"""Split messages: what one author writes in several messages that only together say it."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from policies.assess import with_findings
from policies.assessments import Assessment
from policies.conversations.recent import Recent
from policies.conversations.settings import ConversationSettings
from policies.conversations.telling import messages
from policies.conversations.utterances import ABUSE, Heard, Member, Place
from policies.findings import Certainty, Finding, Span, Stance

Read = Callable[[str], Assessment]
"""Reads a text as a message of its own."""
_LETTERS = 3
"""Characters of a part that is no word but a piece of one."""
_FRAGMENT = 3
"""Words of a part that is no message by itself, so that a longer pause is borne with."""
_LONGEST = 400
"""Characters of an earlier part that are read again; abuse that is split is short."""
_SAYS = re.compile(
    r"\b(?:he|she|they|it|mum|mam|dad|nan|nana|gran|boss|wife|husband|son|daughter|somebody|someone|man|woman|bloke|"
    r"guy|letter|note|email|e-mail|text|voicemail|caller|card|leaflet|[a-z]+) (?:just |then |only |actually |even )?"
    r"(?:says?|said|goes|went|shouts?|shouted|yell(?:s|ed)|scream(?:s|ed)|wrote|writes|texted|messaged|told|tells|"
    r"replied|reads|was like|is like|called)(?: (?:to )?(?:me|us|him|her|them|my \w+))?$"
)
"""A message that ends so is followed by what somebody else said."""
_TOLD = (Stance.REPORT, Stance.CONDEMN, Stance.QUOTE)


@dataclass(frozen=True, slots=True)
class _Part:
    at: float
    id: str
    text: str
    abusive: bool


class Splits:
    """Remembers the last messages of each author in each conversation, for two minutes; a few words, for longer."""

    def __init__(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self._parts: Recent[tuple[Member, Place], deque[_Part]] = Recent(settings.remembered)

    def join(self, heard: Heard, read: Read) -> Assessment:
        """Give the assessment with what the author's messages say together; the last one bears it."""
        assessment = heard.assessment
        key = (heard.author, heard.place)
        parts = self._parts.touch(key, lambda: deque(maxlen=self._settings.split_parts))
        text = heard.utterance.text
        self._forget_old(parts, heard.at)
        known = [part for part in parts if part.id != heard.utterance.id] if parts else []
        if known and text.strip() and len(text) <= _LONGEST:
            assessment = self._joined(heard, known, read)
        if assessment is not heard.assessment:
            parts.clear()
        if len(text) <= _LONGEST:
            parts.append(_Part(heard.at, heard.utterance.id, text, bool(heard.abuse)))
        return assessment

    def _forget_old(self, parts: deque[_Part], now: float) -> None:
        """Keep what is recent, and before it the single words that led up to it without a long pause."""
        pause, kept = self._settings.split_within, 0
        after = now
        for part in reversed(parts):
            recent = abs(now - part.at) <= pause
            lingers = len(part.text.split()) <= _FRAGMENT and abs(now - part.at) <= self._settings.split_lingers
            if abs(after - part.at) > pause or not (recent or lingers):
                break
            after, kept = part.at, kept + 1
        while len(parts) > kept:
            parts.popleft()

    def _joined(self, heard: Heard, known: list[_Part], read: Read) -> Assessment:
        assessment = heard.assessment
        if heard.abuse:
            return self._told_before(heard, known[-1], read)
        told = {finding.kind for finding in assessment.findings if finding.stance in _TOLD}
        for parts, glue in _readings(known, heard.utterance.text):
            before = glue.join(part.text for part in parts)
            together = read(f"{before}{glue}{heard.utterance.text}")
            border = len(before)
            for found in together.used:
                across = found.span.start < border and found.span.end > border + len(glue)
                # What the last message says only after the others is theirs as well.
                alone = found.span.start >= border and found.kind not in told
                across = across or (found.certainty is Certainty.PLAIN and alone)
                if across and found.kind in ABUSE and not found.entry.startswith("mixtures/"):
                    return _with(assessment, self._finding(heard, found, parts))
        return assessment

    def _told_before(self, heard: Heard, last: _Part, read: Read) -> Assessment:
        """Take the words for told where the message before them says that they are somebody else's."""
        if last.abusive:
            return heard.assessment
        lead = last.text.rstrip(" :,.\u2026-")
        together = read(f"{lead}: {heard.utterance.text}")
        told = [f for f in together.findings if f.span.start >= len(lead) and f.kind in ABUSE]
        stance = told[0].stance if told and all(f.stance in _TOLD for f in told) else None
        if _SAYS.search(lead.lower()):
            stance = stance or Stance.REPORT
        elif stance is None or not _leads_in(last.text):
            return heard.assessment
        findings = tuple(replace(f, stance=stance) if f.kind in ABUSE else f for f in heard.assessment.findings)
        return with_findings(heard.assessment, findings)

    def _finding(self, heard: Heard, found: Finding, parts: list[_Part]) -> Finding:
        ids = [*(part.id for part in parts), heard.utterance.id]
        return replace(
            found,
            span=Span(0, len(heard.utterance.text)),
            certainty=Certainty.LIKELY,
            because=f"read together, {messages(ids)} of one author say it",
        )


def _readings(known: list[_Part], text: str) -> list[tuple[list[_Part], str]]:
    """Give which parts to read with the last one, and what to put between them."""
    pieces = [part for part in known if len(part.text.strip()) <= _LETTERS]
    readings: list[tuple[list[_Part], str]] = [(known, " ")]
    if len(known) > 1:
        readings.append((known[-1:], " "))
    if len(text.strip()) <= 2 * _LETTERS or pieces:
        readings.append((known, ""))
    return readings


def _leads_in(text: str) -> bool:
    """Whether a message ends as one does that has the words of somebody else coming."""
    end = text.rstrip()
    last = end[-1:]
    return last in ':,-\u2013\u2014\u2026"' or end.endswith("...") or len(end.split()) >= 4


def _with(assessment: Assessment, finding: Finding) -> Assessment:
    findings = (*assessment.findings, finding)
    return with_findings(assessment, findings)
