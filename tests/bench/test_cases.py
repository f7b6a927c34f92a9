"""A look at all cases: ratios that hold on any machine. Times are told by `python -m tests.bench.cases`."""

import pytest

from tests.bench.cases import MOST_TIMES, measured

pytestmark = pytest.mark.bench


async def test_a_look_at_unchanged_cases_costs_a_fraction_of_the_first_and_grows_no_faster_than_they_do() -> None:
    few, many = await measured(20), await measured(200)
    assert many["decisions"].later <= many["decisions"].first / 4, "the cases were read anew"
    for look in ("decisions", "deadlines"):
        # Twice what the bench allows, for so few are quickly looked at; reading all for each would be a hundred times.
        assert many[look].later <= few[look].later * MOST_TIMES * 2
