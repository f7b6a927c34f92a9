"""Doxxing: giving away or asking for somebody's private address, number, family or routine for people to act on."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policies.findings import Certainty, Finding, Span
from policies.lexicon import Hit, sentence_around
from policies.text.normalise import Normalised

LEXICON = "doxxing"

_FARTHEST = 220
"""Characters between somebody's whereabouts and the call to act on them: two or three chat sentences."""

_CONTACT = re.compile(
    r"(?<![\w+])(?:\+44[ -]?|0)7\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d)"  # a mobile number
    r"|(?<![\w+])(?:\+44[ -]?|0)[123]\d{2,3}[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)"  # a landline
    r"|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"  # an e-mail address
    r"|\b(?:flat |number |no\.? ?)?\d{1,4}[a-f]?,? [a-z'-]{2,20}(?: [a-z'-]{2,20}){0,2} (?:road|rd|street|avenue|ave|"
    r"lane|close|drive|crescent|terrace|gardens|grove|court|square|mews|walk|rise|row|place|way|hill|view)\b"
    r"|\b(?:flat |number |no\.? ?)?\d{1,4}[a-f]?,? (?:heol|ffordd|stryd|rue) [a-z'-]{2,20}\b"
    r"|(?<![@\w])(?:a[bl]|b[abdhlnrst]?|c[abfhmortvw]|d[adeghlnty]|e[chnx]?|fk|fy|g[luy]?|h[adgprsux]|i[gmpv]|je|k[atwy]|l[adelnsu]?"
    r"|m[ekl]?|n[egnprw]?|o[lx]|p[aehlor]|r[ghm]|s[aegklmnoprstwy]?|t[adfnqrsw]|u[b]|w[acdfnrsv]?|yo|ze)"
    r"\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b"  # a postcode
    r"|(?<![@\w])[a-z]{2}\d{2} ?[a-z]{3}\b"  # a number plate
)
_TELLING = re.compile(r"^(?:\+44|0)\d|^(?:flat |number |no\.? ?)?\d{1,4}[a-f]?,? [a-z]")
"""Numbers and streets: given with scorn they need no call to act; a postcode or a number plate does."""
_PUBLIC = re.compile(
    r"@(?:[\w-]+\.)*(?:parliament\.(?:uk|scot)|gov\.(?:uk|scot|wales)|senedd\.wales|niassembly\.gov\.uk|police\.uk|nhs\.uk"
    r"|labour\.org\.uk|conservatives\.com|libdems\.org\.uk|greenparty\.org\.uk|snp\.org|plaid\.cymru|reformparty\.uk)\b"
    r"|^020 ?7219 ?\d{4}$"
)
"""Addresses that a politician or an office publishes for the public to use."""
_OWN_OR_OFFICE = re.compile(
    r"\b(?:my|our|me|mine|ours|i'm|im|i am|we're|office|surgery|campaign|hq|venue|hall|pub|press|agent|council|"
    r"constituency|switchboard|helpline|polling|meeting|stall|library|centre|station|returning officer)\b"
)
_PRIVATE = re.compile(
    r"\b(?:home|private|personal|house|lives?|employ\w*|boss|head teacher|headteacher|hear from us)\b"
)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What surrounds private particulars in a message: calls to act on them, and scorn for the person."""

    hard: tuple[Hit, ...]
    soft: tuple[Hit, ...]
    scorn: tuple[Hit, ...]

    def certainty_at(self, place: Span) -> Certainty | None:
        """Say how surely particulars at a place are given away to be acted on; None where nothing says so."""
        if _nearest(place, self.hard):
            return Certainty.PLAIN
        if _nearest(place, self.soft):
            return Certainty.PLAIN if _nearest(place, self.scorn) else Certainty.LIKELY
        return None

    def cover(self, place: Span) -> Span:
        """Give the place together with the nearest call to act."""
        call = _nearest(place, (*self.hard, *self.soft))
        return Span(min(place.start, call.start), max(place.end, call.end)) if call else place


_OUTRIGHT = frozenset({"found-outright", "kin-in-their-room", "young-at-the-gate"})


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield what gives away or asks for private particulars, surer where people are called on to act."""
    if not hits:
        return
    # What was found in company, or says it all by itself, has its excuses beside it in the lexicon.
    yield from (hit.finding() for hit in hits if hit.entry.nearby or hit.entry.id in _OUTRIGHT)
    frame = _Frame(*(tuple(_of(hits, name)) for name in ("hard-call", "soft-call", "scorn")))
    helpful = any(True for _ in _of(hits, "helpful"))
    for hit in _of(hits, "home-address", "ask-for-address", "spread-address"):
        certainty = frame.certainty_at(hit.span)
        if certainty is None and _nearest(hit.span, frame.scorn):
            certainty = Certainty.PLAIN
        if certainty is not None or not helpful:
            plain = Certainty.PLAIN in (certainty, hit.entry.certainty)
            yield replace(
                hit.finding(certainty=Certainty.PLAIN if plain else Certainty.LIKELY), span=frame.cover(hit.span)
            )
    if not helpful or frame.scorn:
        yield from _given_away(message, hits, frame)


def _given_away(message: Normalised, hits: Sequence[Hit], frame: _Frame) -> Iterator[Finding]:
    """Yield whereabouts and contact details that stand beside a call to act on them."""
    for hit in _of(hits, "whereabouts"):
        if certainty := frame.certainty_at(hit.span):
            yield replace(hit.finding(certainty=certainty), span=frame.cover(hit.span))
    calls = (*frame.hard, *frame.soft, *frame.scorn)
    if not calls:
        return
    text = message.folded.text
    for contact in _CONTACT.finditer(text):
        start, end = sentence_around(text, *contact.span())
        around = text[start : contact.start()] + text[contact.end() : end]
        if _PUBLIC.search(contact.group()) or (_OWN_OR_OFFICE.search(around) and not _PRIVATE.search(around)):
            continue
        place = message.folded.original_span(*contact.span())
        certainty = frame.certainty_at(place) or (
            Certainty.LIKELY if _TELLING.match(contact.group()) and _nearest(place, frame.scorn) else None
        )
        if certainty:
            yield replace(calls[0].finding(certainty=certainty), span=frame.cover(place))


def _of(hits: Sequence[Hit], *names: str) -> Iterable[Hit]:
    return (hit for hit in hits if hit.entry.id in names)


def _nearest(place: Span, hits: Sequence[Hit]) -> Span | None:
    near = [hit.span for hit in hits if _distance(place, hit.span) <= _FARTHEST]
    return min(near, key=lambda span: _distance(place, span), default=None)


def _distance(one: Span, other: Span) -> int:
    return max(one.start - other.end, other.start - one.end, 0)
