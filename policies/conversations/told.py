"""Told on asking: a line that answers "what did he say?" gives somebody else's words."""

import re
from dataclasses import replace

from policies.assess import with_findings
from policies.assessments import Assessment
from policies.conversations.utterances import ABUSE, Heard
from policies.findings import Stance

_MOST_WORDS = 25
"""Words in which a question for somebody's words is answered; who writes more speaks for themselves as well."""
_EXACTLY = r"(?:exactly |precisely |actually |else |words? |names? |slurs? )*"
_NOT_THE_TWO = r"(?!(?:i|you|u|ya|we)\b)"
"""What the asker or the answerer said themselves is no third person's."""
_ASKS = re.compile(
    rf"\bwhat {_EXACTLY}(?:did|does|has|had) {_NOT_THE_TWO}(?:[\w'-]+ ){{1,5}}?"
    r"(?:say|said|write|written|call|called|shout|shouted|text|texted|tell|told|post|posted|email|e-mail|paint|scrawl|"
    r"spray|yell|scream|chant|sing|threaten|read|message|type)\b"
    rf"|\bwhat {_EXACTLY}(?:was|is|were) {_NOT_THE_TWO}(?:[\w'-]+ ){{0,5}}?"
    r"(?:written|sprayed|scrawled|painted|daubed|said|shouted|chanted|posted|scratched|carved|printed|graffitied|"
    r"scribbled|saying|shouting|calling|chanting|singing|screaming|yelling)\b"
    r"|\bwhat(?:'s| is| was) (?:in|on) (?:the|that|this|those|your|his|her|their) (?:\w+ )?(?:letter|note|e-?mail|card|"
    r"leaflet|flyer|poster|placard|sign|banner|sticker|message|voicemail|text|recording|door|wall|fence|windscreen|"
    r"envelope|postcard|graffiti)s?\b"
    rf"|\bwhat {_EXACTLY}were (?:the|his|her|their) (?:\w+ )?words\b|\b(?:his|her|their|the) exact words\s*\?"
    r"|\bhow did (?:it|the \w+) (?:go|read)\b|\bread (?:it|that|the \w+) (?:out|aloud|to (?:us|me))\b"
)
_SPEAKS_FOR_ITSELF = re.compile(
    r"^\W*(?:who cares|so what|nothing|dunno|no idea|who knows|(?:i )?(?:don't|do not) (?:know|care)|not much|"
    r"the truth|what (?:i|we|every\w+)|shut up|why do you|mind your|i (?:think|say|reckon|bet)|if you ask me)\b"
    r"|\b(?:(?:he|she|they|it)(?:'s| is| was| were|'re| are) (?:right|spot on|not wrong|true|bang on)|rightly|"
    r"quite right|i agree|agreed|which is true|fair enough|deserv\w+ it|and so (?:do|will|would) i|same from me)\b"
)
"""What is said by somebody who adds an opinion to the words, or gives theirs in place of them."""
_SENTENCE_ENDS = re.compile(r"[.!?\u2026]+\s+(?=\S)")


def told_on_asking(heard: Heard) -> Assessment:
    """Give the assessment with the abuse taken for a report, where a short line answers a question for the words."""
    if not _answers(heard):
        return heard.assessment
    findings = tuple(
        replace(f, stance=Stance.REPORT) if f.kind in ABUSE and f.stance is Stance.USE else f
        for f in heard.assessment.findings
    )
    context = replace(heard.assessment.context, explained=True)
    told = replace(heard.assessment, context=context)
    return told if findings == told.findings else with_findings(told, findings)


def _answers(heard: Heard) -> bool:
    parent, text = heard.parent, heard.utterance.text.strip()
    if parent is None or "?" not in parent.text or (parent.author[1] and parent.author == heard.author):
        return False
    if heard.words > _MOST_WORDS or "\n" in text or "@" in text or parent.author in heard.named:
        return False
    if {"laughing", "approves"} & heard.signs or _SPEAKS_FOR_ITSELF.search(heard.folded):
        return False
    return len(_SENTENCE_ENDS.findall(text)) <= 1 and bool(_ASKS.search(parent.text))
