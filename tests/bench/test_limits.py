"""Limits that hold on any machine: ratios taken in one run. Times are told by `python -m tests.bench`."""

from pathlib import Path

import pytest

from policies.lexicon_files import house_detectors
from tests.bench.growth import FEW, MANY, halved, house_with_terms, placeholder_terms, ratio, reading
from tests.bench.workload import Message, adversarial, chat

pytestmark = pytest.mark.bench
HOUSE = house_detectors()


def test_a_thousand_times_the_terms_cost_at_most_half_as_much_again(tmp_path: Path) -> None:
    few, many = house_with_terms(FEW, tmp_path / "few"), house_with_terms(MANY, tmp_path / "many")
    talk = chat(HOUSE.lexicons, 400)
    assert ratio(reading(many, talk), reading(few, talk), 7) <= 1.5


def test_the_terms_that_are_added_are_looked_for(tmp_path: Path) -> None:
    term = placeholder_terms(MANY)[-1]
    many = house_with_terms(MANY, tmp_path / "many")
    assert [finding.entry for finding in many.find(many.normalise(f"so {term}."))] == []
    assert [hit.text for hit in many.hits(many.normalise(f"so {term}."))["placeholders"]] == [term]


@pytest.mark.parametrize("message", [pytest.param(m, id=m.name) for m in adversarial(HOUSE.lexicons)][::6])
def test_a_message_twice_as_long_costs_about_twice_as_much(message: Message) -> None:
    whole, half = reading(HOUSE, [message]), reading(HOUSE, [halved(message)])
    assert ratio(whole, half, 9) <= 4, "a quadratic step would make it four times and more"
