"""A stream is judged as the live bot would judge it, in constant space."""

import pytest

from handlers import checking
from handlers.checking import Checker, StreamedMessage
from policies.decisions import Action
from policies.findings import Stance
from policies.lexicon_files import house_reader
from policies.load import house_policy


@pytest.fixture(scope="module")
def parts() -> tuple[object, object]:
    return house_reader(), house_policy()


@pytest.fixture
def checker(parts: tuple[object, object]) -> Checker:
    return Checker(*parts)  # type: ignore[arg-type]  # a pair of the two things it wants


def test_words_thrown_back_at_their_author_are_no_abuse_once_the_parent_is_known(checker: Checker) -> None:
    checker.check(StreamedMessage(id="1", author="a", text="I will kill you"))
    answered = checker.check(StreamedMessage(id="2", author="b", reply_to="1", text="i will kill you? really?"))
    assert answered.assessment.stance in {Stance.QUOTE, Stance.CONDEMN}
    assert answered.decision.action is Action.ALLOW


def test_an_edit_is_judged_anew_and_replies_see_the_new_text(checker: Checker) -> None:
    assert checker.check(StreamedMessage(id="1", author="a", text="hello")).decision.action is Action.ALLOW
    edited = checker.check(StreamedMessage(id="1", author="a", text="I will kill you", kind="edited"))
    assert edited.decision.action is not Action.ALLOW
    assert edited.assessment.context.is_edit


def test_a_deletion_is_allowed_and_forgotten(checker: Checker) -> None:
    checker.check(StreamedMessage(id="1", author="a", text="I will kill you"))
    assert checker.check(StreamedMessage(id="1", text="", kind="deleted")).decision.action is Action.ALLOW
    answer = checker.check(StreamedMessage(id="2", author="b", reply_to="1", text="hm"))
    assert answer.assessment.context.parent_text is None


def test_only_so_many_messages_are_remembered(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "REMEMBERED", 10)
    for number in range(50):
        checker.check(StreamedMessage(id=str(number), text="hello"))
    assert len(checker._written) == 10


def test_long_messages_are_remembered_in_the_same_space(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "REMEMBERED_CHARACTERS", 1_000)
    for number in range(50):
        checker.check(StreamedMessage(id=str(number), text="hello " * 50, author_name="Ann"))
    assert sum(len(kept.text) for kept in checker._written.values()) <= 1_000
    checker.check(StreamedMessage(id="long", text="hello " * 1_000))
    assert sum(len(kept.text) for kept in checker._written.values()) <= 1_000
    checker.check(StreamedMessage(id="short", author="a", text="I will kill you"))
    answered = checker.check(StreamedMessage(id="answer", author="b", reply_to="short", text="hm"))
    assert answered.assessment.context.parent_text == "I will kill you"
