"""Asking the classifier: which messages it is shown, and what an assessment says when it has no answer."""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from handlers.errors import ScorerUnavailable
from handlers.ports import Scorer
from policies.assess import Besides, read_besides, with_adopted, with_scores
from policies.assessments import Assessment
from policies.findings import Scores

UNKNOWN_LANGUAGE = "classifier: it does not know this language, so the rules alone decided"

_LONGEST_WORD = 12
"""Letters of a word that is not shown to the classifier; what is longer may be several, run together."""


_FLAGS = re.compile(
    "[\\s\u200d\ufe0f\u2764\u2665\u26a7\U0001f308\U0001f3f3\U0001f3f4\U0001f493-\U0001f49c\U0001f5a4\U0001f90d\U0001f90e\U0001f9e1"
    "\U0001f1e6-\U0001f1ff\U000e0020-\U000e007f]+"
)
"""Nothing but flags and hearts: they say whose friend somebody is, and a classifier that has seen few of them by
themselves takes some for abuse."""


def worth_scoring(text: str) -> bool:
    """Whether the classifier is shown a message: all but flags and hearts, and single plain words of common length.

    Most abuse in party life uses no word that a rule could know, so that a clean reading by the rules
    says too little to save the classifier the work.
    """
    if not text.isascii() and _FLAGS.fullmatch(text):
        return False
    return len(text) > _LONGEST_WORD or len(text.split(maxsplit=1)) > 1 or not text.isascii()


def scored(
    assessment: Assessment,
    scores: Scores | None,
    name: str,
    besides: Besides | None = None,
    answers: Sequence[Scores | None] = (),
) -> Assessment:
    """Add the classifier's answer to an assessment, or that it did not know the language.

    `answers` are its answers to the texts of `besides`, in their order.
    """
    if scores is None or besides is None:
        return with_scores(assessment, scores, name, *(() if scores else (UNKNOWN_LANGUAGE,)))
    rest = iter(answers)
    alone, words, adopted = ([one for one in islice(rest, len(texts)) if one is not None] for texts in besides.parts)
    return with_scores(assessment, with_adopted(scores, adopted), name, alone=_highest(alone), words=_highest(words))


def _highest(scores: Sequence[Scores]) -> float:
    return max((one.abuse for one in scores), default=0.0)


async def classified(text: str, assessment: Assessment, scorer: Scorer, within: timedelta) -> Assessment:
    """Ask the classifier and wait a bounded time; whatever goes wrong there, the rules' reading stands."""
    if not worth_scoring(text):
        return assessment
    try:
        async with asyncio.timeout(within.total_seconds()):
            (scores,) = await scorer.score([text])
            besides = read_besides(text, assessment, scores)
            answers = await scorer.score(besides.texts) if besides.texts else ()
    except TimeoutError:
        missing = "classifier: no answer in time"
    except ScorerUnavailable as error:
        missing = f"classifier: {error}"
    except Exception as error:  # noqa: BLE001 - a broken model must not stop the rules
        missing = f"classifier: broken ({type(error).__name__})"
    else:
        return scored(assessment, scores, scorer.name, besides, answers)
    return with_scores(assessment, None, scorer.name, missing)
