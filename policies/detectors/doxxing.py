"""Doxxing: giving away or asking for somebody's private address, number, family or routine for people to act on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.findings import Certainty, Finding, Span
from policies.lexicon import Hit, sentence_around
from policies.text.normalise import Normalised

LEXICON = "doxxing"

_HOSTILE, _HELPFUL, _WHEREABOUTS = "hostile", "helpful", "whereabouts"
_FRAMES = (_HOSTILE, _HELPFUL, _WHEREABOUTS)
_FARTHEST = 220
"""Characters between somebody's whereabouts and the call to act on them: two or three chat sentences."""

_CONTACT = re.compile(
    r"(?<![\w+])(?:\+44[ -]?|0)7\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d)"  # a mobile number
    r"|(?<![\w+])(?:\+44[ -]?|0)[123]\d{2,3}[ -]?\d{3}[ -]?\d{3,4}(?!\d)"  # a landline
    r"|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"  # an e-mail address
    r"|\b(?:flat |number |no\.? ?)?\d{1,4}[a-z]?,? [a-z' ]{3,30} (?:road|rd|street|avenue|ave|lane|close|drive|crescent|"
    r"terrace|gardens|grove|court|square|mews|walk|rise|row|place|way|hill|view)\b"
    r"|\b[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b"  # a postcode
    r"|\b[a-z]{2}\d{2} ?[a-z]{3}\b"  # a number plate
)
_PUBLIC = re.compile(
    r"@(?:[\w-]+\.)*(?:parliament\.(?:uk|scot)|gov\.(?:uk|scot|wales)|senedd\.wales|niassembly\.gov\.uk|police\.uk|nhs\.uk"
    r"|labour\.org\.uk|conservatives\.com|libdems\.org\.uk|greenparty\.org\.uk|snp\.org|plaid\.cymru|reformparty\.uk)\b"
)
_OWN_OR_OFFICE = re.compile(
    r"\b(?:my|our|me|us|mine|ours|i'm|im|i am|we're|office|surgery|campaign|hq|venue|hall|pub|press|agent|council|"
    r"constituency|switchboard|helpline|polling|meeting|stall|library|centre|station|returning officer)\b"
)
_PRIVATE = re.compile(r"\b(?:home|private|personal|his house|her house|their house|lives?)\b")


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield what gives away or asks for private particulars, surer where people are called on to act."""
    if not hits:
        return
    hostile = [hit for hit in hits if hit.entry.id == _HOSTILE]
    helpful = any(hit.entry.id == _HELPFUL for hit in hits)
    for hit in hits:
        if hit.entry.id in _FRAMES:
            continue
        if frame := _nearest(hit.view.text, hit, hostile):
            yield replace(hit.finding(certainty=Certainty.PLAIN), span=_cover(hit.span, frame.span))
        elif not helpful:
            yield hit.finding()
    if hostile and not helpful:
        yield from _given_away(message, hits, hostile)


def _given_away(message: Normalised, hits: Sequence[Hit], hostile: Sequence[Hit]) -> Iterator[Finding]:
    """Yield whereabouts and contact details that stand beside a call to act on them."""
    text = message.folded.text
    for hit in hits:
        if hit.entry.id == _WHEREABOUTS and (frame := _nearest(text, hit, hostile)) and _apart(hit, frame):
            yield replace(hit.finding(), span=_cover(hit.span, frame.span))
    for contact in _CONTACT.finditer(text):
        start, end = sentence_around(text, *contact.span())
        sentence = text[start:end]
        if _PUBLIC.search(contact.group()) or (_OWN_OR_OFFICE.search(sentence) and not _PRIVATE.search(sentence)):
            continue
        place = message.folded.original_span(*contact.span())
        if frame := next((hit for hit in hostile if _distance(place, hit.span) <= _FARTHEST), None):
            yield replace(frame.finding(), span=_cover(place, frame.span))


def _nearest(text: str, hit: Hit, frames: Sequence[Hit]) -> Hit | None:
    near = [frame for frame in frames if _distance(hit.span, frame.span) <= _FARTHEST]
    return min(near, key=lambda frame: _distance(hit.span, frame.span), default=None)


def _apart(hit: Hit, frame: Hit) -> bool:
    return not frame.span.within(hit.span)


def _distance(one: Span, other: Span) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _cover(one: Span, other: Span) -> Span:
    return Span(min(one.start, other.start), max(one.end, other.end))
