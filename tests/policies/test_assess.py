"""What the classifier's answer does to what the rules found: it may doubt, and only where it is clear."""

from dataclasses import replace

import pytest

from policies.assess import HARDLY_DOUBTED, NEVER_DOUBTED, with_scores
from policies.findings import Certainty, Cue, Scores, Span, Stance
from policies.lexicon_files import house_detectors, house_reader
from policies.stance import ENDORSED
from tests.fakes.assessments import assessed, finding

LIKELY = finding(certainty=Certainty.LIKELY)
PLAIN = finding(certainty=Certainty.PLAIN)


TOLD = (Cue(name="told-of", span=Span(0, 1)),)
"""A word of telling, without which the classifier's guess that something is a mention counts for nothing."""


def _doubted(*given: object, scores: Scores) -> list[bool]:
    added = with_scores(assessed(*given), scores, "made-up")  # type: ignore[arg-type]  # findings, as made above
    return [found.doubted for found in added.findings]


def test_what_is_only_likely_is_doubted_where_the_classifier_sees_no_abuse() -> None:
    assert _doubted(LIKELY, scores=Scores(abuse=0.01)) == [True]


@pytest.mark.parametrize("abuse", [0.25, 0.5, 0.99])
def test_it_is_not_doubted_where_the_classifier_is_unsure_or_agrees(abuse: float) -> None:
    assert _doubted(LIKELY, scores=Scores(abuse=abuse)) == [False]


def test_what_was_noticed_for_its_company_alone_is_doubted_sooner() -> None:
    mixture = finding(certainty=Certainty.LIKELY, entry="mixtures/one")
    assert _doubted(mixture, LIKELY, scores=Scores(abuse=0.3)) == [True, False]


@pytest.mark.parametrize("entry", ["threats/in-other-tongues", "insults/in-other-tongues", "slurs/in-other-languages"])
def test_words_of_another_language_are_not_doubted_by_a_classifier_that_knows_none(entry: str) -> None:
    known = {f"{lexicon.name}/{one.id}" for lexicon in house_detectors().lexicons for one in lexicon.entries}
    assert entry in known
    assert _doubted(finding(certainty=Certainty.LIKELY, entry=entry), scores=Scores(abuse=0.01)) == [False]


@pytest.mark.parametrize("entry", sorted(NEVER_DOUBTED))
def test_death_wished_on_a_whole_side_is_not_doubted(entry: str) -> None:
    known = {one.id for lexicon in house_detectors().lexicons for one in lexicon.entries}
    assert entry in known
    plain = finding("death-wish", certainty=Certainty.PLAIN, entry=f"any/{entry}")
    assert _doubted(plain, scores=Scores(abuse=0.01)) == [False]


@pytest.mark.parametrize("kind", sorted(HARDLY_DOUBTED))
def test_plain_words_that_harm_at_once_are_doubted_only_where_the_classifier_is_sure(kind: str) -> None:
    plain = finding(kind, certainty=Certainty.PLAIN)
    assert _doubted(plain, scores=Scores(abuse=0.08)) == [False]
    assert _doubted(plain, scores=Scores(abuse=0.05)) == [True]
    padded = with_scores(assessed(plain), Scores(abuse=0.05), "made-up", alone=0.08)
    assert [found.doubted for found in padded.findings] == [False], "friendly words around it take nothing from it"


def test_a_plain_threat_in_words_that_are_somebody_elses_is_doubted_sooner() -> None:
    told = replace(assessed(PLAIN), cues=TOLD)
    for abuse, doubted in ((0.08, True), (0.3, False)):
        added = with_scores(told, Scores(abuse=abuse, mention=0.9), "made-up")
        assert [found.doubted for found in added.findings] == [doubted]


def test_a_mention_without_a_word_of_telling_is_none() -> None:
    assert _doubted(PLAIN, scores=Scores(abuse=0.08, mention=0.9)) == [False]


def test_a_plain_insult_that_the_classifier_sees_nothing_in_is_doubted() -> None:
    insult = finding("insult", certainty=Certainty.PLAIN)
    assert _doubted(insult, scores=Scores(abuse=0.01)) == [True]
    assert _doubted(insult, scores=Scores(abuse=0.16)) == [False]


def test_what_is_likely_is_kept_where_its_sentence_by_itself_is_clearly_abuse() -> None:
    padded = with_scores(assessed(LIKELY), Scores(abuse=0.04), "made-up", alone=0.71)
    assert [found.doubted for found in padded.findings] == [False]
    unsure = with_scores(assessed(LIKELY), Scores(abuse=0.04), "made-up", alone=0.5)
    assert [found.doubted for found in unsure.findings] == [True]


def test_what_the_author_agrees_with_is_no_mention_whatever_the_classifier_says() -> None:
    agreed = replace(assessed(PLAIN), cues=(Cue(name=min(ENDORSED), span=Span(0, 1)),))
    scores = Scores(abuse=0.08, mention=0.9)
    assert [found.doubted for found in with_scores(agreed, scores, "made-up").findings] == [False]
    told = replace(assessed(PLAIN), cues=TOLD)
    assert [found.doubted for found in with_scores(told, scores, "made-up").findings] == [True]


@pytest.mark.parametrize(
    "said",
    [
        '"I will break your jaw" And I mean every word.',
        '"I will break your jaw" That is my message to you.',
        '"I will break your jaw", and that is a promise, Priya',
    ],
)
def test_a_threat_in_quotation_marks_that_its_author_stands_by_is_plainly_theirs(said: str) -> None:
    (found, *_) = house_reader().read(said)[1].findings
    assert (found.stance, found.certainty) == (Stance.USE, Certainty.PLAIN)


@pytest.mark.parametrize(
    "told",
    [
        'He said "I will break your jaw" and he meant every word of it.',
        '"I will break your jaw" was his message to me, and I have reported it.',
    ],
)
def test_a_threat_that_another_stood_by_stays_reported(told: str) -> None:
    assert house_reader().read(told)[1].stance is not Stance.USE


def test_a_model_without_these_heads_doubts_nothing() -> None:
    assert _doubted(LIKELY, PLAIN, scores=Scores(toxicity=0.01)) == [False, False]


def test_a_borrowed_name_is_not_a_matter_of_words() -> None:
    borrowed = finding("impersonation", certainty=Certainty.LIKELY, span=Span(0, 0))
    assert _doubted(borrowed, scores=Scores(abuse=0.01)) == [False]


def test_no_rule_about_what_an_author_means_sees_what_is_doubted() -> None:
    added = with_scores(assessed(PLAIN, LIKELY), Scores(abuse=0.08), "made-up")
    assert added.used == (PLAIN,)
    assert added.stance is Stance.USE


def test_a_message_all_of_whose_words_are_doubted_as_a_mention_is_a_report() -> None:
    told = replace(assessed(PLAIN), cues=TOLD)
    assert with_scores(told, Scores(abuse=0.01, mention=0.9), "made-up").stance is Stance.REPORT
    assert with_scores(told, Scores(abuse=0.9, mention=0.9), "made-up").stance is Stance.USE


def test_what_three_entries_find_at_fault_is_not_doubted() -> None:
    several = [finding("insult", certainty=Certainty.LIKELY, entry=f"insults/{name}") for name in "abc"]
    assert _doubted(*several, scores=Scores(abuse=0.01)) == [False, False, False]
    assert _doubted(*several[:2], scores=Scores(abuse=0.01)) == [True, True]


def test_coercion_that_is_only_likely_is_doubted_where_nothing_at_all_is_seen() -> None:
    coerced = finding("intimidation", certainty=Certainty.LIKELY)
    assert _doubted(coerced, scores=Scores(abuse=0.04)) == [True]
    assert _doubted(coerced, scores=Scores(abuse=0.07)) == [False]


@pytest.mark.parametrize(
    ("scores", "named"),
    [
        (Scores(abuse=0.9, identity_attack=0.95, obscene=0.7), ["identity-attack"]),
        (Scores(abuse=0.9, threat=0.95, identity_attack=0.7), ["threat", "identity-attack"]),
        (Scores(abuse=0.9, insult=0.9, harassment=0.88), ["insult", "harassment"]),
        (Scores(abuse=0.9, insult=0.9, harassment=0.88, threat=0.87), ["insult", "harassment"]),
        (Scores(abuse=0.4, insult=0.9), []),
    ],
)
def test_a_second_sort_is_named_where_it_is_nearly_as_likely_and_hatred_always(
    scores: Scores, named: list[str]
) -> None:
    assert [category.value for category in scores.categories] == named
