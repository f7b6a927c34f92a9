"""How the author stands to each finding: used, quoted, reported, condemned or criticised.

A quotation, block quote or code is somebody else's words if anything around it says so. Words that
are not set apart are somebody else's only where a frame governs them: one that leads into them in
the same sentence ("he called me a ..."), one that spreads from a colon ("Voicemail this morning: ..."),
or one that looks back at them ("... is a slur"). Approval anywhere makes all of it the author's own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import re2

from policies.assessments import Context
from policies.findings import Certainty, Cue, Finding, Span, Stance
from policies.lexicon import Hit, Lexicon
from policies.scanner import Scanner
from policies.self_excused import excuses_itself
from policies.text.normalise import Normalised
from policies.text.segments import Segment, SegmentKind, segments, sentences


class Role(StrEnum):
    """How far a cue reaches."""

    LEADING = "leading"
    TRAILING = "trailing"
    SPREADING = "spreading"
    AROUND = "around"
    ENDORSING = "endorsing"
    ADOPTING = "adopting"
    OWNING = "owning"
    DENYING = "denying"


_WEIGHT = {Stance.CONDEMN: 3, Stance.REPORT: 2, Stance.CRITICISE: 1, Stance.QUOTE: 0}
_FARTHEST_LEAD = 140
"""Characters that may lie between a frame and the words it governs; a longer way loses the reader."""

_NAMING = frozenset({"laid-to-the-reader"})
"""Cues that end with those of whom something is said, "you say the Poles", and so within the words they govern."""

_IN_TWO_WORDS = "approval-in-two-words"
OWNED = frozenset({"approval-of-a-slander", "owned-up"})
"""The cues by which authors say that a slander is none, or that a threat which they tell of is theirs."""

ENDORSED = frozenset({"approval", _IN_TWO_WORDS, "agreement"}) | OWNED
"""The cues that make a quotation the author's own."""

REFUTED = "slander-refuted"
"""The cue of a slander that is told of as one, in the same sentence."""

ADOPTED = "adopted-quotation"
"""The cue that names a quotation which the author agrees with, shows with pleasure or sends at somebody."""

MOCKED = "mocked-quotation"
"""The cue that names a quotation which the author has made up and put in somebody's mouth."""

_MOCKING = "mock-confession"

_A_SENTENCE = 3
"""Fewer words in quotation marks are a name for something."""

_A_REMARK = 4
"""Fewer words of the author's beside what stands in code marks say nothing about it."""

_SENTENCE = re2.compile(r"`+\s*[a-z']+[,.!?;:]*(?:\s+[a-z']+[,.!?;:]*)+\s*`*")
"""Words between the marks of code, as in a sentence."""

_A_FRAGMENT = 5
"""Words of a sentence that is so short that the next may be about it."""

_TURNS = re2.compile(
    r"\b(?:but|however|yet|whereas)\b|[;]"
    r"|(?:,|\band|\bso|\bnow|\bwell) (?:you|u|ya|your|you're|ur|i|i'm|i'll|we|we'll)\b"
    r"|, (?:he|she|they) (?:is|are|was|were)\b"
)
"""Where a sentence leaves the reported words and the author speaks again."""

_TURNS_IN_SPEECH = re2.compile(
    r"\b(?:but|however|yet|whereas)\b|[;]|(?:,|\band|\bso|\bnow|\bwell) (?:you|u|ya|your|you're|ur)\b"
)
"""The same where the reported words are said in the first person, so that a further "I" is still the speaker."""

_SPEECH = re2.compile(
    r"^[\s,:'\"-]*(?:i|we)(?:'ll|'m (?:going|gonna|coming)| will| know| am (?:going|coming)| hope| swear| promise)\b"
)
"""How reported words begin that are said in the first person ("she said I know where you live, I'll ...")."""

_TAKEN_BACK = re2.compile(
    r"^[^.!?\n]{0,20}\?[\s\"')]*(?:i (?:really )?(?:think not|should think not|don't think|hardly think)|come off it|"
    r"(?:hardly|no|nope|never|absolutely not|rubbish|nonsense)(?:[.,!]|$)|pull the other|my (?:foot|arse)|"
    r"not (?:in|on|at|by|a|even|from|really|likely|to)\b)"
)
"""Behind words of approval: that they were a question, and its answer is no."""

_ASKED_AT_ONCE = re2.compile(r"^\s*\?")
_QUESTION = re2.compile(r"^\W*(?:where|what|who|can|why|how|don't|couldn't)\b")
"""Words of approval that a question mark does not turn round ("where's the lie?")."""

_ANSWERED = re2.compile(
    r"\b(?:suspend(?:ed|s)?|expel(?:led|s)?|ban(?:ned|s)?|sacked|removed|reported|jailed|arrested|deleted|blocked|muted|"
    r"kicked out|thrown out|threw|resign(?:ed|s)?|apologised|apologises|struck off|deselected|fined|charged|condemned|"
    r"complained|stopped|called (?:it|that|him|her) out)\b"
)
"""What is done about abuse: whoever calls that right approves of the answer and not of the words."""

_FIRST_PERSON = re2.compile(
    r"^\W*(?:and |so |but |now |well |then )*(?:i|we)(?:'ll|'m|'re|'d| will| am| are| would| hope| want)\b[^?]*$"
)
"""A statement of the author's own intent: a word of condemnation in the next sentence is about something else."""

_ADDRESSES = re2.compile(
    r"\b(?:you|u|ya|ye|he|she|they|it)(?:'re|'s| are| r| is| was| were)?"
    r"(?: such| just| nothing but| all| a| an| the| some)*\s*$"
)

_DETERMINES = re2.compile(r"\b(?:a|an|the|one|another|this|that|these|those|any|no|more|such|his|her|their|its)\s*$")


@dataclass(frozen=True, slots=True)
class _Found:
    """A cue in the folded text: its name, what it says, how far it reaches and where it stands."""

    name: str
    role: Role
    stance: Stance
    start: int
    end: int


class StanceReader:
    """Reads how the author stands to what was found, by the cues of one lexicon.

    The kind of each entry is `<stance>-<role>`, as `report-leading`; or a role alone, as `endorsing`.
    """

    def __init__(self, cues: Lexicon) -> None:
        self._name = cues.name
        self._scanner = Scanner([cues])

    def read(
        self, message: Normalised, findings: tuple[Finding, ...], context: Context, denied: Iterable[Span] = ()
    ) -> tuple[tuple[Finding, ...], tuple[Cue, ...]]:
        """Give the findings with their stance, and the cues that led to it.

        What overlaps one of the places `denied` in the original is there to be denied.

        Words set apart without a word about them stay the author's own, but no longer plainly so.
        """
        text = message.folded.text
        reading = _Reading(text, [*self._cues(message), *(_denial(message, span) for span in denied)], context)
        judged: list[Finding] = []
        told: dict[tuple[str, int], Cue] = {}
        for finding in findings:
            start, end = _in_folded(message, finding.span)
            stance, cue, unsure = reading.stance_of(start, end, finding.kind)
            if cue is not None:
                span = message.folded.original_span(cue.start, cue.end)
                told[cue.name, cue.start] = Cue(name=cue.name, span=span)
            judged.append(replace(finding, stance=stance, certainty=Certainty.LIKELY if unsure else finding.certainty))
        if reading.owned is not None:
            span = message.folded.original_span(reading.owned.start, reading.owned.end)
            told[reading.owned.name, reading.owned.start] = Cue(name=reading.owned.name, span=span)
        return tuple(judged), (*told.values(), *_adopted(message, reading))

    def adopted(self, message: Normalised, context: Context) -> tuple[Cue, ...]:
        """Give the quotations that the author makes their own, in a message in which no rule found anything."""
        if not segments(message.folded.text):
            return ()
        return _adopted(message, _Reading(message.folded.text, self._cues(message), context))

    def _cues(self, message: Normalised) -> list[_Found]:
        hits = self._scanner.scan(replace(message, views=message.views[:1])).get(self._name, [])
        return sorted((_cue(hit) for hit in hits), key=lambda cue: cue.start)


def _turns(between: str) -> bool:
    """Whether the author speaks again between a frame and the words it may govern."""
    said_by_them = _SPEECH.search(between)
    return bool(_TURNS_IN_SPEECH.search(between) if said_by_them else _TURNS.search(between))


def _adopted(message: Normalised, reading: "_Reading") -> tuple[Cue, ...]:
    spans = (message.folded.original_span(part.start, part.end) for part in reading.adopted())
    return tuple(Cue(name=MOCKED if reading.mocks else ADOPTED, span=span) for span in spans)


def _starts(cue: _Found) -> int:
    return cue.start


def _cue(hit: Hit) -> _Found:
    stance, _, role = hit.entry.kind.rpartition("-")
    return _Found(hit.entry.id, Role(role), Stance(stance) if stance else Stance.USE, hit.start, hit.end)


def _denial(message: Normalised, span: Span) -> _Found:
    return _Found("denied", Role.DENYING, Stance.CONDEMN, *_in_folded(message, span))


def _in_folded(message: Normalised, span: Span) -> tuple[int, int]:
    folded = message.folded
    if folded.starts is None or folded.ends is None:
        return span.start, span.end
    return bisect_right(folded.ends, span.start), bisect_left(folded.starts, span.end)


class _Reading:
    """One message, laid out: what is set apart, its sentences, its cues."""

    def __init__(self, text: str, cues: Sequence[_Found], context: Context) -> None:
        self._text = text
        self._apart = segments(text)
        self._sentences = sentences(text, self._apart)
        self._cues = [cue for cue in cues if not self._within_apart(cue)]
        self._parent = (context.parent_text or "").lower() if not context.parent_is_own else ""
        self._cues = [self._meant(cue) if cue.role is Role.ENDORSING else cue for cue in self._cues]
        endorsing = [cue for cue in self._cues if cue.role is Role.ENDORSING]
        self._endorsing = next((cue for cue in endorsing if cue.name in OWNED), next(iter(endorsing), None))
        self._adopting = next((cue for cue in self._cues if cue.role is Role.ADOPTING), None)

    @property
    def owned(self) -> _Found | None:
        """The cue by which the author owns up to what is told of, or takes a slander's side."""
        return self._endorsing if self._endorsing is not None and self._endorsing.name in OWNED else None

    @property
    def mocks(self) -> bool:
        """Whether the author puts words in somebody's mouth."""
        return any(cue.name == _MOCKING for cue in self._cues)

    def adopted(self) -> Iterable[Segment]:
        """Give the quotations that the author makes their own, unless they condemn them behind it."""
        praise = (cue for cue in (self._endorsing, self._adopting) if cue is not None)
        why = next((cue for cue in praise if not self._ends_apart(cue)), None)
        if why is None or any(cue.stance is Stance.CONDEMN and cue.start > why.end for cue in self._cues):
            return ()
        apart = (part for part in self._apart if part.kind is not SegmentKind.CODE)
        return [part for part in apart if len(self._text[part.start : part.end].split()) >= _A_SENTENCE]

    def stance_of(self, start: int, end: int, kind: str) -> tuple[Stance, _Found | None, bool]:
        """Give the stance to a range, the cue that says so, and whether a human should look."""
        # A finding that begins before a quotation and ends in it says the quoted words, not the author's.
        apart = next((part for part in self._apart if part.start < end <= part.end), None)
        cue = self._cue_for(apart, start, end, kind)
        if cue is None or cue.role is Role.OWNING:
            if self._echoes_parent(start, end):
                return Stance.QUOTE, None, False
            if apart is not None and self._endorsing is not None:
                return Stance.USE, self._endorsing, False
            return Stance.USE, cue, apart is not None and cue is None and not self._is_own(apart)
        outweighs = cue.role is not Role.DENYING or self.owned is not None
        if self._endorsing is not None and (outweighs or self._endorsing.end > cue.end):
            return Stance.USE, self._endorsing, False
        if self._adopting is not None and apart is not None and cue.stance is Stance.QUOTE:
            return Stance.USE, self._adopting, False
        return cue.stance, cue, False

    def _cue_for(self, apart: Segment | None, start: int, end: int, kind: str) -> _Found | None:
        if apart is not None:
            start, end = apart.start, apart.end
        found = list(self._governing(start, end, kind if apart is None else ""))
        if apart is not None:
            nearest = max((c for c in found if c.role in (Role.LEADING, Role.OWNING)), key=_starts, default=None)
            if nearest and nearest.role is Role.OWNING and not any(c.stance is Stance.CONDEMN for c in found):
                return nearest
            if not self._addressed(apart) or found:
                found.extend(cue for cue in self._cues if cue.stance is not Stance.USE)
            if not found and self._named_as_words(apart):
                return _Found("set-apart", Role.AROUND, Stance.QUOTE, apart.start, apart.end)
        found = [cue for cue in found if cue.stance is not Stance.USE]
        return max(found, key=lambda cue: _WEIGHT[cue.stance], default=None)

    def _governing(self, start: int, end: int, kind: str) -> Iterable[_Found]:
        """Give the cues whose reach covers a range; `kind` is that of what was found in the author's own words."""
        sentence = next((s for s in self._sentences if s[0] <= start < s[1]), (0, len(self._text)))
        looked_back_from = self._looked_back_from(sentence, end)
        said_by_me = bool(_FIRST_PERSON.search(self._text[sentence[0] : sentence[1]]))
        for cue in self._cues:
            match cue.role:
                case Role.LEADING | Role.OWNING:
                    around = cue.start < start and end < cue.end
                    names_whom = cue.name in _NAMING and cue.start < start < cue.end < end
                    leads = cue.end <= start or names_whom
                    near = sentence[0] <= cue.start and leads and start <= cue.end + _FARTHEST_LEAD
                    if around or (near and not _turns(self._text[cue.end : start])):
                        yield cue
                case Role.SPREADING:
                    if cue.end <= start:
                        yield cue
                case Role.DENYING:
                    if cue.start < end and start < cue.end:
                        yield cue
                case Role.TRAILING:
                    if cue.start >= looked_back_from or cue.end <= end:
                        continue
                    further = cue.start >= sentence[1] and said_by_me
                    if cue.stance is Stance.CONDEMN and (
                        further or self._is_excuse(cue, sentence[0], start, end, kind)
                    ):
                        continue
                    yield cue

    def _is_excuse(self, cue: _Found, sentence_start: int, start: int, end: int, kind: str) -> bool:
        """Whether words of condemnation are no more than the author's anger at whom the words abuse."""
        return bool(kind) and excuses_itself(self._text, sentence_start, (start, end), (cue.start, cue.end), kind)

    def _looked_back_from(self, sentence: tuple[int, int], end: int) -> int:
        """Give how far behind its words a trailing cue may stand.

        A question is commented on in the next sentence, and so are a few words without a verb.
        """
        reach = max(sentence[1], end + 1)
        words = self._text[sentence[0] : sentence[1]]
        if words.rstrip("\"' ").endswith("?") or len(words.split()) <= _A_FRAGMENT:
            reach = next((s[1] for s in self._sentences if s[0] >= sentence[1]), reach)
        return min(reach, end + _FARTHEST_LEAD)

    def _meant(self, approval: _Found) -> _Found:
        """Give words of approval as they are meant: asked and answered with no, or of what was done, they condemn."""
        behind = self._text[approval.end :]
        taken_back = _TAKEN_BACK.search(behind)
        if not taken_back and not _QUESTION.search(self._text[approval.start : approval.end]):
            taken_back = _ASKED_AT_ONCE.search(behind)
        if not taken_back and approval.name not in OWNED:
            before = next((s for s in reversed(self._sentences) if s[0] + 1 < approval.start), (0, 0))
            taken_back = _ANSWERED.search(self._text[before[0] : approval.start])
        return replace(approval, role=Role.AROUND, stance=Stance.CONDEMN) if taken_back else approval

    def _ends_apart(self, cue: _Found) -> bool:
        return any(part.overlaps(cue.end - 1, cue.end) for part in self._apart)

    def _within_apart(self, cue: _Found) -> bool:
        return any(
            part.overlaps(cue.start, cue.end) and not part.holds(cue.start, cue.start) for part in self._apart
        ) or any(part.start < cue.start and cue.end < part.end for part in self._apart)

    def _addressed(self, apart: Segment) -> bool:
        """Whether the words before a quotation pin it on somebody (`you are a "..."`), so that it is no quotation."""
        return bool(_ADDRESSES.search(self._text[max(0, apart.start - 40) : apart.start]))

    def _is_own(self, apart: Segment) -> bool:
        """Whether marks set apart what is plainly said to somebody: a name for them, or a sentence in code marks."""
        return self._addressed(apart) or (self._in_code_marks(apart) and self._own_words < _A_REMARK)

    def _in_code_marks(self, apart: Segment) -> bool:
        """Whether the marks of code stand around words in which nothing is code."""
        return apart.kind is SegmentKind.CODE and bool(_SENTENCE.fullmatch(self._text[apart.start : apart.end]))

    def _named_as_words(self, apart: Segment) -> bool:
        """Whether a block has words of the author's beside it, or a quotation stands among them as a thing."""
        if self._in_code_marks(apart):
            return bool(_DETERMINES.search(self._text[max(0, apart.start - 20) : apart.start]))
        if apart.kind is not SegmentKind.QUOTED:
            return self._own_words > 0
        if self._addressed(apart):
            return False
        before = self._text[max(0, apart.start - 20) : apart.start]
        return bool(_DETERMINES.search(before)) or (" " in self._text[apart.start : apart.end] and self._own_words >= 4)

    @cached_property
    def _own_words(self) -> int:
        """The number of words that are left when what is set apart is taken out."""
        kept, done = [], 0
        for part in self._apart:
            kept.append(self._text[done : part.start])
            done = part.end
        return len(" ".join((*kept, self._text[done:])).split())

    def _echoes_parent(self, start: int, end: int) -> bool:
        """Whether the words stand in the message that is answered, and are thrown back as a question."""
        words = self._text[start:end]
        return bool(self._parent) and words in self._parent and self._text[end : end + 3].lstrip("'\" ").startswith("?")
