"""The detector of coded antisemitism knows the code and leaves argument about Israel and Palestine alone."""

import pytest

from policies.findings import Finding
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()


def coded(text: str) -> list[Finding]:
    return [finding for finding in HOUSE.find(HOUSE.normalise(text)) if finding.kind == "coded-antisemitism"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(((they))) did this", id="brackets"),
        pytest.param("1488 forever", id="numbers"),
        pytest.param("go to the g** c*******", id="masked"),
        pytest.param("the J3ws control the media", id="leet"),
        pytest.param("Kapo. Shame on you.", id="a-word-aimed-at-somebody"),
    ],
)
def test_code_is_read(text: str) -> None:
    assert [finding.characteristic for finding in coded(text)] == ["jewish"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Israel is an apartheid state and must be boycotted", id="against-israel"),
        pytest.param("Israel has every right to defend itself", id="for-israel"),
        pytest.param("Zionism is colonialism", id="against-zionism"),
        pytest.param("From the river to the sea, Palestine will be free", id="a-contested-slogan"),
        pytest.param("Netanyahu belongs in The Hague", id="a-leader"),
        pytest.param("he was a kapo in the camp and wrote about it", id="history"),
        pytest.param("1488 votes to 1487", id="a-result"),
        pytest.param("(((hugs)))", id="hugs"),
        pytest.param("the media is owned by billionaires", id="owners"),
    ],
)
def test_argument_history_and_numbers_are_left_alone(text: str) -> None:
    assert coded(text) == []
