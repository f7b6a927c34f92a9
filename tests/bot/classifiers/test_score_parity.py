"""The same words about the same score, whoever they name: parties, sides, leaders, creeds, sexes, peoples, nations."""

from dataclasses import dataclass

import pytest

from tests.bench.parity import Parity, measure


@dataclass(frozen=True, slots=True)
class Floors:
    """What is wanted of decisions, and of scores that lie at most 0.05 apart; the rest just above what is reached."""

    same: float = 0.99
    close: float = 0.99
    widest: float = 0.4
    crossing: float = 0.005


FLOORS = Floors()


@pytest.fixture(scope="module")
def found() -> Parity:
    return measure()


def test_decisions_are_alike_whoever_is_named(found: Parity) -> None:
    assert found.decisions > 5_000
    assert found.same >= FLOORS.same


def test_scores_lie_close_whoever_is_named(found: Parity) -> None:
    assert len(found.gaps) > 20_000
    assert found.close >= FLOORS.close
    assert found.crossing / len(found.gaps) <= FLOORS.crossing


def test_no_name_moves_a_score_further_than_is_known(found: Parity) -> None:
    assert found.widest <= FLOORS.widest, found.gaps[:5]
