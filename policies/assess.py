"""One reading of a message: normalise, detect, take the stance; everything but the policy's verdict."""

from dataclasses import replace

from policies.assessments import NOT_READ_WHOLE, Assessment, Context
from policies.detectors import DetectorSet
from policies.findings import Aim, Category, Certainty, Cue, Finding, Scores, Span, Stance
from policies.mixing import Mixer
from policies.stance import StanceReader
from policies.text.normalise import Normalised

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
        findings, whole = self._detectors.read(message)
        degraded = () if whole and not message.truncated else (NOT_READ_WHOLE,)
        if self._mixer is not None:
            # Where a lexicon knows the words, it knows them better.
            mixed = (f for f in self._mixer.find(message) if not any(f.span.overlaps(known.span) for known in findings))
            findings = (*findings, *mixed)
        cues: tuple[Cue, ...] = ()
        if findings:
            findings, cues = self._stances.read(message, findings, context)
        if context.lookalike_of:
            findings = (_BORROWED_NAME, *findings)
        if not findings:
            return message, Assessment(context=context, degraded=degraded)
        stance = overall(tuple(f.stance for f in findings))
        return message, Assessment(findings=findings, stance=stance, cues=cues, context=context, degraded=degraded)


def with_scores(assessment: Assessment, scores: Scores | None, scorer: str, *degraded: str) -> Assessment:
    """Add the classifier's answer, or the sentence that says why there is none."""
    return replace(assessment, scores=scores, scorer=scorer, degraded=(*assessment.degraded, *degraded))


def overall(stances: tuple[Stance, ...]) -> Stance:
    """Give the stance of a message from those of its findings: one use makes it a use."""
    if not stances or Stance.USE in stances:
        return Stance.USE
    order = (Stance.CONDEMN, Stance.REPORT, Stance.QUOTE, Stance.CRITICISE)
    return next(stance for stance in order if stance in stances)
