"""Plain abuse is caught and plain talk left alone, whoever they name: a party, a people, an office or a member."""

from collections.abc import Sequence

import pytest

from bot.classifiers.embedded import EmbeddedModel, shipped
from bot.classifiers.training.templates import filled
from handlers.checking import Checker
from policies.lexicon_files import house_reader
from policies.load import house_policy
from tests.bench.frames import SETS, Judged, frames, judged, share


@pytest.fixture(scope="module")
def by_rules() -> Sequence[Judged]:
    return judged(Checker(house_reader(), house_policy()))


@pytest.fixture(scope="module")
def by_both() -> Sequence[Judged]:
    reader = house_reader()
    model = EmbeddedModel(shipped(), reader.undone)
    return judged(Checker(reader, house_policy(), score=model.score, scorer=model.name))


def test_no_frame_is_taught_by_a_template() -> None:
    taught = {row.text.casefold() for row in filled(each=1_000)}
    written = [sentence for name in SETS for frame in frames(name) for sentence in frame.sentences]
    assert not [sentence for sentence in written if sentence.casefold() in taught]


@pytest.mark.parametrize(("kind", "caught"), [("one", 0.97), ("side", 0.95), ("people", 0.96)])
def test_rules_alone_catch_plain_abuse_of_whomever(by_rules: Sequence[Judged], kind: str, caught: float) -> None:
    assert share(by_rules, kind, abuse=True) >= caught


def test_rules_alone_leave_plain_talk(by_rules: Sequence[Judged]) -> None:
    assert share(by_rules, "", abuse=False) >= 0.99


@pytest.mark.parametrize(("kind", "caught"), [("one", 0.98), ("side", 0.97), ("people", 0.92)])
def test_rules_and_model_catch_plain_abuse_of_whomever(by_both: Sequence[Judged], kind: str, caught: float) -> None:
    assert share(by_both, kind, abuse=True) >= caught


@pytest.mark.parametrize(("kind", "left"), [("leader", 0.92), ("side", 0.99), ("people", 0.94), ("one", 0.99)])
def test_rules_and_model_leave_plain_talk_of_whomever(by_both: Sequence[Judged], kind: str, left: float) -> None:
    assert share(by_both, kind, abuse=False) >= left


@pytest.mark.parametrize(
    ("kind", "abuse", "right"), [("", True, 0.95), ("you", False, 0.94), ("them", False, 0.96), ("things", False, 0.98)]
)
def test_rules_alone_tell_errands_from_violence_in_the_same_verbs(kind: str, *, abuse: bool, right: float) -> None:
    assert share(judged(Checker(house_reader(), house_policy()), "errands"), kind, abuse=abuse) >= right


@pytest.mark.parametrize(("kind", "left"), [("you", 0.97), ("them", 0.97), ("things", 0.88)])
def test_rules_and_model_leave_errands(kind: str, left: float) -> None:
    reader = house_reader()
    model = EmbeddedModel(shipped(), reader.undone)
    checker = Checker(reader, house_policy(), score=model.score, scorer=model.name)
    assert share(judged(checker, "errands"), kind, abuse=False) >= left
