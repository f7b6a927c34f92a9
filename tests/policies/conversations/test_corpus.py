"""Conversations written for this: how many are judged wholly right, those that must stay free above all."""

import pytest

from tests.bench.conversations import FILES, Judged, conversations, judged

WHOLLY_RIGHT, FREE_RIGHT = 0.97, 0.98
"""Floors a little under what was reached; the corpus was read while the signs were written."""


@pytest.fixture(scope="module")
def results() -> list[Judged]:
    return judged(FILES)


def test_most_conversations_are_judged_wholly_right(results: list[Judged]) -> None:
    wrong = [f"{talk.id}: {talk.about}" for talk in results if talk.wrong]
    assert len(wrong) <= (1 - WHOLLY_RIGHT) * len(results), wrong


def test_conversations_that_are_nobodys_fault_stay_free(results: list[Judged]) -> None:
    free = [talk for talk in results if not talk.acts]
    assert len([talk for talk in free if talk.wrong]) <= (1 - FREE_RIGHT) * len(free)


def test_the_corpus_is_large_and_half_of_it_must_stay_free(results: list[Judged]) -> None:
    free = sum(not talk.acts for talk in results)
    assert len(results) >= 80
    assert free >= 0.5 * len(results)


def test_ids_in_the_corpus_are_unique_and_every_message_says_what_is_wanted() -> None:
    every = [message for talk in conversations(FILES) for message in talk["messages"]]
    assert all(message["want"] in ("allow", "act") for message in every)
    posted = [message["id"] for message in every if message.get("kind") != "edited"]
    assert len(posted) == len(set(posted))


def test_answers_are_told_apart_where_everything_is_said_in_one_channel() -> None:
    lines = [talk for talk in conversations(FILES) if talk["id"].startswith(("reply", "retaliation", "banter"))]
    for talk in lines:
        for message in talk["messages"]:
            message["channel"] = "general"
    assert sum(not talk.wrong for talk in judged((), lines)) >= 0.95 * len(lines)
