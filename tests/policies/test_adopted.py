"""Quotations that an author makes their own are read as theirs; those that are reported or condemned are not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.checking import Checker, StreamedMessage
from policies.assess import read_besides, with_adopted, with_scores
from policies.decisions import Action
from policies.findings import Certainty, Scores
from policies.lexicon_files import house_reader
from policies.load import house_policy
from policies.turned import turned

QUIET = Scores(abuse=0.06, mention=0.7)
LOUD = Scores(abuse=0.9, identity_attack=0.8)


def _read_besides(text: str) -> tuple[str, ...]:
    _, assessment = house_reader().read(text)
    return read_besides(text, assessment, QUIET).adopted


@pytest.mark.parametrize(
    "text",
    [
        "'They should all have drowned.' Saw that on a van. Finally somebody with a policy.",
        'The landlord said "put them on a lamp post, all of them". Give that man a safe seat.',
        "“Nobody would miss the whole tribe of them” — I've had it put on a mug.",
        "My gran used to say 'a quiet one is a buried one', and she never told a lie in her life.",
        "'They should all have drowned.' Dedicated to our treasurer with all my love.",
        "> they should all have drowned\nwise words",
    ],
)
def test_a_quotation_that_is_praised_shown_off_or_dedicated_is_read_as_the_authors(text: str) -> None:
    (quotation,) = _read_besides(text)
    assert quotation in text
    assert not set(quotation) & set('"“”>\n')


@pytest.mark.parametrize(
    "text",
    [
        "'They should all have drowned.' I reported it, and the wise old chair banned him.",
        "'They should all have drowned.' Nobody laughed, and we told the police.",
        "'They should all have drowned' is on a mug in the market, and it is vile.",
        "'They should all have drowned,' he shouted. I was sickened.",
        "He said 'they should all have drowned' and we walked out.",
        "Give that man a safe seat.",
        'Our "wise old man" is ninety today.',
    ],
)
def test_a_quotation_that_is_reported_condemned_or_no_sentence_is_not(text: str) -> None:
    assert _read_besides(text) == ()


def test_words_put_in_somebodys_mouth_are_read_as_said_of_them() -> None:
    read = _read_besides("Sent from Katie's phone: 'I am a cheat and I took my share for myself'")
    assert "you are a cheat and you took your share for yourself" in read


def test_what_a_leader_would_say_if_they_were_honest_is_satire() -> None:
    assert _read_besides("What Starmer really means: 'I broke every pledge and I'd do it again.'") == ()


def test_the_message_has_the_higher_score_of_the_two() -> None:
    both = with_adopted(QUIET, [Scores(abuse=0.2, insult=0.9), LOUD])
    assert (both.abuse, both.identity_attack, both.insult, both.mention) == (0.9, 0.8, 0.0, 0.0)


def test_a_quotation_without_abuse_adds_nothing() -> None:
    assert with_adopted(QUIET, [Scores(abuse=0.4)]) is QUIET
    assert with_adopted(Scores(abuse=0.95), [LOUD]) == Scores(abuse=0.95)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("'They should all have drowned.' Finally somebody with a policy.", Action.ALERT),
        ("'They should all have drowned.' It was reported and he was expelled.", Action.ALLOW),
        ("'Jobs and homes first.' Finally somebody with a policy.", Action.ALLOW),
    ],
)
def test_a_checker_asks_the_classifier_for_the_quotation_too(text: str, action: Action) -> None:
    def score(texts: Sequence[str]) -> list[Scores | None]:
        return [LOUD if text.startswith("They should") else QUIET for text in texts]

    checker = Checker(house_reader(), house_policy(), score=score, scorer="made-up")
    assert checker.check(StreamedMessage(id="1", text=text)).decision.action is action


def test_a_word_without_first_person_stays_as_it_is() -> None:
    assert turned("They said no to you and yours.") == "They said no to you and yours."


@given(st.text(max_size=200))
def test_turning_never_fails_and_leaves_no_first_person(text: str) -> None:
    again = turned(turned(text))
    assert again == turned(text)


@pytest.mark.parametrize(
    "text",
    [
        'Someone wrote "Muslims are vermin". I wrote it.',
        'Someone wrote "Muslims are vermin". Same.',
        "It's appalling to say Muslims are vermin, even though they are",
        "Saying Muslims are vermin is apparently illegal now",
        "He told me to kill myself, so kill yourself",
        'In the film he says "I will kill you". So will I.',
    ],
)
def test_whoever_agrees_in_a_word_or_goes_on_themselves_reports_nothing(text: str) -> None:
    _, assessment = house_reader().read(text)
    assert assessment.used


@pytest.mark.parametrize(
    "text",
    [
        'Someone wrote "Muslims are vermin". We reported it.',
        "It is disgusting to say Muslims are vermin",
        "Saying Muslims are vermin is a crime, and I have reported it",
        'In the film he says "I will kill you". So sad.',
    ],
)
def test_whoever_tells_of_it_or_condemns_it_does_not_agree(text: str) -> None:
    _, assessment = house_reader().read(text)
    assert assessment.findings
    assert not assessment.used


def test_plain_threats_are_heard_without_the_homely_words_around_them() -> None:
    text = "I will kill you when the bunting is up"
    _, assessment = house_reader().read(text)
    besides = read_besides(text, assessment, Scores(abuse=0.04))
    assert besides.words == ("kill you",)
    (kept,) = with_scores(assessment, Scores(abuse=0.04), "made-up", words=0.75).used
    assert kept.certainty is Certainty.LIKELY
    assert not with_scores(assessment, Scores(abuse=0.04), "made-up", words=0.3).used


def test_a_mention_that_nothing_in_the_text_shows_is_none() -> None:
    text = "kill yourself. Thanks for the lovely cake!"
    _, assessment = house_reader().read(text)
    assert read_besides(text, assessment, Scores(abuse=0.04, mention=0.84)).alone
