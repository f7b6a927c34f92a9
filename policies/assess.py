"""One reading of a message: normalise, detect, take the stance; everything but the policy's verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.assessments import NOT_READ_WHOLE, Assessment, Context
from policies.denials import denied_spans, only_denies
from policies.detectors import DetectorSet
from policies.findings import LIKELY, Aim, Category, Certainty, Cue, Finding, Scores, Span, Stance
from policies.mixing import MIXTURES, Mixer
from policies.stance import ADOPTED, ENDORSED, MOCKED, OWNED, REFUTED, StanceReader
from policies.text.normalise import Normalised
from policies.text.segments import sentences
from policies.turned import turned

_BORROWED_NAME = Finding(
    kind="impersonation",
    entry="register/lookalike",
    categories=(Category.IMPERSONATION,),
    span=Span(0, 0),
    aim=Aim.PERSON,
    certainty=Certainty.LIKELY,
)
"""A namesake is possible, so that a person has to look; the words themselves are not at fault."""


class Reader:
    """Reads messages with one set of detectors; safe to share, holds no state between messages."""

    def __init__(self, detectors: DetectorSet, stances: StanceReader, mixer: Mixer | None = None) -> None:
        self._detectors = detectors
        self._stances = stances
        self._mixer = mixer

    def warm_up(self) -> None:
        """Make ready what is otherwise made when a message first needs it; takes about a second."""
        self._detectors.warm_up()

    def undone(self, text: str) -> str:
        """Give a text as the rules read it last, with its disguise undone as far as it goes."""
        return self._detectors.normalise(text).views[-1].text

    def read(self, text: str, context: Context | None = None) -> tuple[Normalised, Assessment]:
        """Give the views of a text and what was found in it, each finding with its stance."""
        context = context or Context()
        message = self._detectors.normalise(text)
        findings, whole, denied = self._detectors.read(message)
        degraded = () if whole and not message.truncated else (NOT_READ_WHOLE,)
        if self._mixer is not None and not (denied and only_denies(text, findings, denied)):
            # Where a lexicon knows the words, it knows them better.
            mixed = (f for f in self._mixer.find(message) if not any(f.span.overlaps(known.span) for known in findings))
            findings = (*findings, *mixed)
        cues: tuple[Cue, ...] = ()
        if findings:
            findings, cues = self._stances.read(message, findings, context, denied_spans(denied))
        else:
            cues = self._stances.adopted(message, context)
        if (denied and only_denies(text, findings, denied)) or _only_refutes(text, findings, cues):
            context = replace(context, explained=True)
        if context.lookalike_of:
            findings = (_BORROWED_NAME, *findings)
        if not findings:
            return message, Assessment(cues=cues, context=context, degraded=degraded)
        stance = overall(tuple(f.stance for f in findings))
        return message, Assessment(findings=findings, stance=stance, cues=cues, context=context, degraded=degraded)


@dataclass(frozen=True, slots=True)
class Besides:
    """What the classifier has to read beside a whole message.

    `alone` are the sentences that it has to read by themselves before it may doubt what is found in them: a friendly
    word before or after lowers the score of a whole message, so that abuse could hide among thanks. `words` are the
    plain words of a threat and its like, without their sentence, in which it could hide as well. `adopted` are the
    quotations that the author makes their own, for in quotation marks the classifier takes them for somebody else's;
    and those that the author puts in somebody's mouth, in the second person too.
    """

    alone: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """Give the three sorts in order."""
        return self.alone, self.words, self.adopted

    @property
    def texts(self) -> tuple[str, ...]:
        """Give all of them in that order."""
        return (*self.alone, *self.words, *self.adopted)


def read_besides(text: str, assessment: Assessment, scores: Scores | None) -> Besides:
    """Give what the classifier has to read beside a whole message of which it has given the scores."""
    if scores is None or not _can_doubt(scores):
        return Besides()
    own = {cue: _unmarked(text[cue.span.start : cue.span.end]) for cue in assessment.cues if cue.name in _OWN}
    mocked = {turned(words) for cue, words in own.items() if cue.name == MOCKED}
    alone, words = _doubtful(text, assessment, scores)
    return Besides(alone, words, tuple(sorted({*own.values(), *mocked} - {""})))


_OWN = (ADOPTED, MOCKED)


def _unmarked(quotation: str) -> str:
    return quotation.strip(_MARKS)


_MARKS = " \t\n\"'`>“”‘’«»„"
"""What stands around a quotation and is no part of it."""


def _only_refutes(text: str, findings: Sequence[Finding], cues: Sequence[Cue]) -> bool:
    """Whether a message is a sentence about a slander that is told of as one, so that a high score says no more."""
    refuted = any(cue.name == REFUTED for cue in cues) and all(f.stance is Stance.CONDEMN for f in findings)
    return refuted and len(sentences(text, ())) == 1


def _doubtful(text: str, assessment: Assessment, scores: Scores) -> tuple[tuple[str, ...], tuple[str, ...]]:
    scores = _of_the_author(scores, assessment)
    if scores.mention >= LIKELY or _agree(assessment, scores):
        return (), ()
    doubted = [finding for finding in assessment.findings if _doubted(finding, scores).doubted and not finding.doubted]
    alone = {text[_start(text, found.span) : _end(text, found.span)].strip() for found in doubted}
    short = (found for found in doubted if _is_hardly_doubted(found) and found.kind in BY_THEIR_WORDS)
    words = {text[found.span.start : found.span.end] for found in short}
    return tuple(sorted(alone - {text.strip(), ""})), tuple(sorted(words - alone - {text.strip()}))


def _is_hardly_doubted(finding: Finding) -> bool:
    return finding.certainty is Certainty.PLAIN and finding.kind in HARDLY_DOUBTED


def with_adopted(scores: Scores, adopted: Sequence[Scores]) -> Scores:
    """Give the scores of a message whose author makes quotations their own: of each label the highest.

    A quotation without abuse adds nothing, however warmly it is praised.
    """
    loud = [one for one in adopted if one.abuse >= LIKELY and one.abuse > scores.abuse]
    if not loud:
        return scores
    highest = {name: max(one.as_dict()[name] for one in (scores, *loud)) for name in scores.as_dict()}
    return Scores(**{**highest, "mention": 0.0})


def with_scores(
    assessment: Assessment,
    scores: Scores | None,
    scorer: str,
    *degraded: str,
    alone: float = 0.0,
    words: float = 0.0,
) -> Assessment:
    """Add the classifier's answer, or the sentence that says why there is none.

    `alone` is the highest score of `abuse` of the sentences of `Besides.alone`: what is plain is doubted only if they
    are, what is likely only if they are not clearly abuse by themselves. `words` is the same of `Besides.words`.

    What the rules find and the classifier clearly does not believe is doubted, so that no rule about what
    an author means holds for it. A plain threat is doubted only in words that are somebody else's, or where the
    classifier sees next to nothing in them, nor in their sentence by itself; two of them in one message are told to
    a person at least.
    """
    added = replace(assessment, scores=scores, scorer=scorer, degraded=(*assessment.degraded, *degraded))
    if scores is None or not assessment.findings or not _can_doubt(scores):
        return added
    scores = _of_the_author(scores, assessment)
    if _agree(assessment, scores) or any(cue.name in OWNED for cue in assessment.cues):
        return added
    grave = {f.entry for f in assessment.used if _is_hardly_doubted(f) and f.kind in BY_THEIR_WORDS}
    words = 1.0 if len(grave) > 1 else words
    findings = tuple(_doubted(finding, scores, alone, words) for finding in assessment.findings)
    kept = tuple(finding.stance for finding in findings if not finding.doubted)
    stance = overall(kept) if kept else Stance.REPORT if scores.mention >= LIKELY else assessment.stance
    return replace(added, findings=findings, stance=stance)


AGREEING = 3
"""Entries that a message of abuse has to fit for the classifier not to doubt any: each errs for a reason of its own."""


def _agree(assessment: Assessment, scores: Scores) -> bool:
    """Whether so many entries find the author's own words at fault that one classifier does not outweigh them."""
    reasons = {MIXTURES if f.entry.startswith(MIXTURES) else f.entry for f in assessment.used}
    return scores.mention < LIKELY and len(reasons) >= AGREEING


DOUBT_BELOW = {Certainty.PLAIN: 0.1, Certainty.LIKELY: 0.25}
"""Score of `abuse` under which the classifier is taken to see none, by how sure the rules are.

Chosen on rows held back from the model, with the totals of the evaluation files in view; docs/measurements.md has what
follows.
"""

DOUBT_MIXTURE_BELOW = 0.35
"""The same for words that were noticed only for their company: the least that rules find."""

KEPT_ALONE = 0.7
"""Score of a sentence by itself at which what is only likely in it is kept, whatever friendly words stand around it."""

HARDLY_DOUBTED = frozenset({"threat", "death-wish", "self-harm-incitement", "doxxing"})
"""Kinds that harm at once where they are missed."""

SELDOM_SEEN = frozenset({"intimidation"})
"""Kinds that the classifier misses so often that what is only likely of them is doubted no sooner than plain threats:
of seventeen such messages that it doubted in the evaluation files, nine were abuse."""

BY_THEIR_WORDS = frozenset({"threat", "death-wish", "self-harm-incitement"})
"""Kinds of which a few words suffice: where these by themselves are abuse, a homely sentence around them is told to a
person and not passed ("I will kill you when the bunting is up")."""

DOUBT_HARDLY_BELOW = 0.06
"""Score under which their plain words are doubted, unless they are somebody else's: what the classifier is sure of.

A message that it thinks clean has 0.05. Of the plain words of these kinds so low some three in four were idioms, plays,
rules and lists of threats received, in messages that are hard on purpose.
"""


NEVER_DOUBTED = frozenset(
    {
        *("in-other-tongues", "in-other-languages", "in-more-tongues", "in-other-scripts", "death-in-other-scripts"),
        *("beasts-in-other-scripts", "self-harm-in-other-scripts", "coercion-in-other-scripts"),
        *("in-welsh", "in-welsh-to-oneself", "in-welsh-or-else", "in-welsh-beasts"),
        *("code-words", "of-the-net", "numbers"),
        *("rule-for-all", "history-denied"),
        *("whoever-they-are", "should-be-shot-named", "kill-a-side", "kill-a-people", "put-to-death", "death-is-owed"),
        *("bomb-laid", "as-was-done-to", "little-bird", "owned-up-to", "in-three-words", "among-harmless-things"),
        *("poured-or-loosened", "hired", "seen-and-followed", "a-body-and-its-boon", "kept-from-the-poll"),
        *("lever-in-the-passive", "gift-taken-back", "your-back-by-name"),
    }
)
"""Entries that the classifier cannot doubt: words that are not English, and codes, for it knows neither; coercion laid
down as a rule for whomever it may hit, and murder of a people denied, which it mostly takes for talk; death
wished on all of a side or a people in a few plain words, of which it sees next to nothing where the side is a party;
and bombs that somebody says are laid, where a false alarm costs a look."""


def _start(text: str, span: Span) -> int:
    return max((text.rfind(mark, 0, span.start) + 1 for mark in _STOPS), default=0)


def _end(text: str, span: Span) -> int:
    ends = [text.find(mark, max(span.end - 1, span.start)) + 1 for mark in _STOPS]
    return min((end for end in ends if end > 0), default=len(text))


_STOPS = ".!?\n"


def _can_doubt(scores: Scores) -> bool:
    """Whether the model has the heads for it; Detoxify's has not, and leaves both at 0."""
    return scores.abuse > 0.0


def _of_the_author(scores: Scores, assessment: Assessment) -> Scores:
    """Take nothing for a mention that the author agrees with, nor that no quotation and no word of telling shows."""
    endorsed = any(cue.name in ENDORSED for cue in assessment.cues)
    return replace(scores, mention=0.0) if endorsed or not assessment.cues else scores


def _doubted(finding: Finding, scores: Scores, alone: float = 0.0, words: float = 0.0) -> Finding:
    if finding.stance is not Stance.USE or finding.span.start == finding.span.end:
        return finding  # a mention already, or about the author's name and not the words
    if finding.entry.partition("/")[2] in NEVER_DOUBTED:
        return finding
    is_plain = finding.certainty is Certainty.PLAIN
    is_mixture = finding.entry.startswith(MIXTURES) and not is_plain
    below = DOUBT_MIXTURE_BELOW if is_mixture else DOUBT_BELOW[finding.certainty]
    if (_is_hardly_doubted(finding) or finding.kind in SELDOM_SEEN) and scores.mention < LIKELY:
        below = min(below, DOUBT_HARDLY_BELOW)
    if scores.abuse >= below or alone >= (below if is_plain else KEPT_ALONE):
        return finding
    if _is_hardly_doubted(finding) and finding.kind in BY_THEIR_WORDS and words >= KEPT_ALONE:
        return replace(finding, certainty=Certainty.LIKELY)  # a homely sentence or a disguise: a person looks
    return replace(finding, doubted=True)


def with_findings(assessment: Assessment, findings: tuple[Finding, ...]) -> Assessment:
    """Give an assessment with other findings, and the stance that follows from those that are not doubted."""
    kept = tuple(finding.stance for finding in findings if not finding.doubted)
    return replace(assessment, findings=findings, stance=assessment.stance if findings and not kept else overall(kept))


def overall(stances: tuple[Stance, ...]) -> Stance:
    """Give the stance of a message from those of its findings: one use makes it a use."""
    if not stances or Stance.USE in stances:
        return Stance.USE
    order = (Stance.CONDEMN, Stance.REPORT, Stance.QUOTE, Stance.CRITICISE)
    return next(stance for stance in order if stance in stances)
