"""Asking the classifier: who is asked, and what stands where no answer came."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from handlers.checking import Checker, StreamedMessage
from handlers.classify import UNKNOWN_LANGUAGE, classified, worth_scoring
from policies.assessments import Assessment
from policies.decisions import Action
from policies.findings import Category, Certainty, Scores
from policies.lexicon_files import house_reader
from policies.load import house_policy
from tests.fakes.scorer import ScriptedScorer

SOON = timedelta(seconds=5)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", False),
        ("thanks", False),
        ("  thanks  ", False),
        ("thanks all", True),
        ("\U0001f52a", True),
        ("diolch!", False),
        ("goodluckeveryone", True),
        ("\U0001f3f3\ufe0f\u200d\U0001f308", False),
        ("\U0001f1ee\U0001f1f1 \u2764\ufe0f \U0001f1f5\U0001f1f8", False),
        ("\U0001f92e\U0001f3f3\ufe0f\u200d\U0001f308", True),
    ],
)
def test_single_plain_words_flags_and_hearts_are_not_worth_asking_about(text: str, asked: bool) -> None:
    assert worth_scoring(text) is asked


async def test_an_answer_is_kept_with_the_name_of_the_model() -> None:
    scorer = ScriptedScorer({"see you outside": Scores(abuse=0.9)})
    assessment = await classified("see you outside", Assessment(), scorer, SOON)
    assert (assessment.scores, assessment.scorer, assessment.degraded) == (Scores(abuse=0.9), "scripted", ())


async def test_a_language_that_the_model_does_not_know_is_said() -> None:
    class Foreign(ScriptedScorer):
        async def score(self, texts: Sequence[str]) -> list[Scores | None]:
            return [None for _ in texts]

    assessment = await classified("dw i ddim yn gwybod", Assessment(), Foreign(), SOON)
    assert (assessment.scores, assessment.degraded) == (None, (UNKNOWN_LANGUAGE,))


async def test_a_model_that_does_not_answer_in_time_leaves_the_rules_reading() -> None:
    scorer = ScriptedScorer()
    scorer.gate = asyncio.Event()
    assessment = await classified("two words", Assessment(), scorer, timedelta(seconds=0.01))
    assert (assessment.scores, assessment.degraded) == (None, ("classifier: no answer in time",))


def test_a_stream_is_judged_by_rules_and_scores_together_and_a_score_alone_only_alerts() -> None:
    highest = Scores(**dict.fromkeys(Scores().as_dict(), 1.0))

    def score(texts: Sequence[str]) -> list[Scores | None]:
        return [highest if "bins" in text else Scores() for text in texts]

    checker = Checker(house_reader(), house_policy(), score=score, scorer="made-up")
    suspected = checker.check(StreamedMessage(id="1", text="about the bins"))
    assert suspected.decision.actions == (Action.ALERT,)
    assert Category.THREAT in suspected.decision.categories
    assert suspected.assessment.categories == ()
    assert checker.check(StreamedMessage(id="2", text="about the hall")).decision.action is Action.ALLOW


async def test_thanks_around_a_plain_sentence_do_not_make_the_classifier_doubt_it() -> None:
    told = "Thanks for the tea. Jews are rats. See you all at the hall."
    scorer = ScriptedScorer({told: Scores(abuse=0.01), "Jews are rats.": Scores(abuse=0.7)})
    _, read = house_reader().read(told)
    plain = [found for found in read.findings if found.certainty is Certainty.PLAIN]
    assert plain
    assessment = await classified(told, read, scorer, SOON)
    assert not any(found.doubted for found in assessment.findings if found.certainty is Certainty.PLAIN)
    scorer = ScriptedScorer({told: Scores(abuse=0.01), "Jews are rats.": Scores(abuse=0.01)})
    assessment = await classified(told, read, scorer, SOON)
    assert any(found.doubted for found in assessment.findings if found.certainty is Certainty.PLAIN)
