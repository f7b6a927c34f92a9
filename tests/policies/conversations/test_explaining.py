"""A score alone says little about a few words in company, and much about words that nothing explains."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policies.assess import Reader, with_scores
from policies.conversations.following import Conversations
from policies.conversations.sign_files import house_signs
from policies.conversations.utterances import Utterance
from policies.findings import Scores
from policies.lexicon_files import house_reader

_NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return house_reader()


def _explained(
    reader: Reader, text: str, abuse: float, *, before: str = "", alone: bool = False, answers: bool = True
) -> bool:
    following = Conversations(reader, house_signs())
    first = Utterance(id="1", text=before, author="ann", author_name="Ann", channel="general", at=_NOON)
    if before:
        message, assessment = reader.read(before)
        following.hear(first, message.folded.text, assessment)
    message, assessment = reader.read(text)
    scored = with_scores(assessment, Scores(abuse=abuse), "scripted")
    second = replace(
        first, id="2", text=text, author="" if alone else "ben", author_name="", reply_to="1" if answers else ""
    )
    return following.hear(second, message.folded.text, scored).context.explained


def test_a_few_words_that_answer_somebody_are_not_alarming_by_a_middling_score(reader: Reader) -> None:
    assert _explained(reader, "nobody asked", 0.6, before="I will chair tonight.")


def test_a_high_score_stands_in_company_too(reader: Reader) -> None:
    assert not _explained(reader, "nobody asked", 0.9, before="I will chair tonight.")


def test_a_few_words_that_merely_follow_others_keep_their_score(reader: Reader) -> None:
    assert not _explained(reader, "tick tock Ann", 0.6, before="I will chair tonight.", answers=False)


def test_a_veiled_threat_in_answer_to_somebody_keeps_its_score(reader: Reader) -> None:
    assert not _explained(reader, "Nice house, Ann. Blue door.", 0.74, before="I am staying in the race.")


def test_comfort_is_explained_whatever_the_score(reader: Reader) -> None:
    assert _explained(reader, "so sorry, condolences to you and the family", 0.9, before="My mum died on Sunday.")


def test_a_message_without_author_or_company_keeps_its_score(reader: Reader) -> None:
    assert not _explained(reader, "nobody asked", 0.6, before="I will chair tonight.", alone=True)
    assert not _explained(reader, "nobody asked", 0.6)


def test_what_the_rules_found_is_never_explained_away(reader: Reader) -> None:
    assert not _explained(reader, "I will kill you haha", 0.6, before="I will chair tonight.")
