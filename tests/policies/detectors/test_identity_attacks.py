"""The detector of identity attacks treats every group alike and looks twice at patterns that span a clause."""

import pytest

from policies.findings import Certainty, Finding
from policies.lexicon_files import house_detectors

HOUSE = house_detectors()
GROUPS = {
    "Jews": "jewish", "Muslims": "muslim", "Christians": "christian", "Catholics": "christian", "Hindus": "hindu",
    "Sikhs": "sikh", "atheists": "belief", "black people": "black", "Pakistanis": "asian", "white people": "white",
    "the English": "english", "the Scots": "scottish", "the Welsh": "welsh", "the Irish": "irish",
    "Poles": "east-european", "Germans": "nationality", "Israelis": "israeli", "Palestinians": "palestinian",
    "Travellers": "roma", "immigrants": "migrant", "gay people": "gay", "trans people": "trans",
    "disabled people": "disabled",
}  # fmt: skip


def attacks(text: str) -> list[Finding]:
    return [finding for finding in HOUSE.find(HOUSE.normalise(text)) if finding.kind == "identity-attack"]


@pytest.mark.parametrize(
    "frame", ["{} are scum", "I hate {}", "{} should be sterilised", "fuck {}", "all {} are liars"]
)
@pytest.mark.parametrize("group", GROUPS)
def test_the_same_words_get_the_same_verdict_whichever_group_they_name(group: str, frame: str) -> None:
    findings = attacks(frame.format(group))
    assert [finding.certainty for finding in findings] == [Certainty.PLAIN]
    assert findings[0].characteristic == GROUPS[group]


@pytest.mark.parametrize("group", ["women", "men", "old people", "boomers"])
def test_sexes_and_ages_are_groups_too(group: str) -> None:
    assert attacks(f"{group} are worthless and should never be councillors")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Not all Muslims are terrorists", id="not-all"),
        pytest.param("Muslims are not terrorists", id="are-not"),
        pytest.param("the {} government is a disgrace".format("Israeli"), id="a-government"),
        pytest.param("Catholicism is wrong about contraception", id="a-creed-as-an-idea"),
        pytest.param("Tories are liars", id="a-party"),
        pytest.param("Gypsies were called thieves, the lot of them, and the police did nothing", id="told-of-them"),
    ],
)
def test_denial_criticism_and_parties_are_no_identity_attack(text: str) -> None:
    assert attacks(text) == []
