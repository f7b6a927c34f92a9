"""The register of officers and protected people: what it says, and every mistake in it at once."""

from pathlib import Path

import pytest

from policies.casework.load import RegisterError, load_register, parse_register
from policies.casework.people import Account, PersonId
from policies.casework.recusal import Bonds
from policies.casework.words import Office
from policies.identifiers import CommunityId, MemberId, PlatformName

GOOD = b"""
officers:
  - id: grace
    name: Grace Okafor
    offices: [decider, appeal]
    accounts: [discord/123456789012345678/223456789012345678, slack/T0123ABCD/U0123ABCD]
    logins: [grace.o]
    branch: North Ward
  - id: ruth
    name: Ruth Stein
    offices: [reviewer]
    external: yes
protected:
  - id: mair
    name: Mair Llewellyn
    roles: [candidate]
    handles: [CllrMair]
    accounts: [slack/T0123ABCD/U0999ABCD]
    slate: Open Door
"""
SLACK_GRACE = Account(platform=PlatformName.SLACK, community=CommunityId("T0123ABCD"), member=MemberId("U0123ABCD"))

WRONG = b"""
officers:
  - id: grace
    name: Grace Okafor
    offices: [decidr]
    accounts: [discord/12/34]
  - id: grace
    name: ""
    offices: []
  - id: Otto Server
    offices: [operator, decider]
    accounts: [slack/T0123ABCD/U0123ABCD]
    branc: North
  - id: dot
    name: Dot
    offices: [auditor]
    accounts: [slack/T0123ABCD/U0123ABCD]
    external: maybe
protectd: []
"""


def mistakes(data: bytes) -> list[str]:
    with pytest.raises(RegisterError) as caught:
        parse_register(data, file="people.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_it_knows_officers_by_id_login_and_account() -> None:
    register = parse_register(GOOD, file="people.yaml")
    grace = register.officer("grace")
    assert grace is not None
    assert grace.offices == {Office.DECIDER, Office.APPEAL}
    assert register.officer_of(SLACK_GRACE) == register.officer_at_shell("grace.o") == grace
    ruth = register.officer("ruth")
    assert ruth is not None
    assert ruth.external
    assert register.officer("mair") is None


def test_officers_are_protected_as_candidates_are() -> None:
    register = parse_register(GOOD, file="people.yaml")
    assert {one.id: one.roles for one in register.protected} == {
        "mair": ("candidate",),
        "grace": ("officer",),
        "ruth": ("officer",),
    }
    known = register.with_persons({"grace": PersonId("p_g"), "mair": PersonId("p_m")})
    assert known.shielded == {"p_g", "p_m"}
    assert known.people == {"grace": "p_g"}
    assert known.bonds == {PersonId("p_g"): Bonds(branch="North Ward"), PersonId("p_m"): Bonds(slate="Open Door")}


def test_the_names_are_those_nobody_else_may_borrow() -> None:
    names = parse_register(GOOD, file="people.yaml").names
    borrowed = names.lookalike(MemberId("U0777ABCD"), "Grace 0kafor")
    assert borrowed is not None
    assert borrowed.name == "Grace Okafor"
    for own in ("223456789012345678", "U0123ABCD"):
        assert names.lookalike(MemberId(own), "Grace Okafor") is None
    assert names.lookalike(MemberId("U0777ABCD"), "Gareth Oakes") is None


def test_every_mistake_is_told_at_once_with_its_line_and_what_to_do() -> None:
    told = mistakes(WRONG)
    for expected in (
        "people.yaml:5: officer grace: unknown office 'decidr'. Did you mean 'decider'?",
        "people.yaml:6: officer grace: `accounts` cannot be 'discord/12/34'. Write a list of discord/SERVER/MEMBER",
        "people.yaml:7: officer grace: the id is already used on line 3. Give each person one entry.",
        "people.yaml:8: officer grace: `name` is empty. Write the name that members know them under.",
        "people.yaml:9: officer grace: `offices` is empty.",
        "people.yaml:10: officer Otto Server: `id` cannot be 'Otto Server'.",
        "people.yaml:10: officer Otto Server: `name` is missing.",
        "people.yaml:11: officer Otto Server: 'operator' stands beside other offices, and whoever runs the server sees",
        "people.yaml:13: officer Otto Server: unknown key 'branc'. Did you mean 'branch'?",
        "people.yaml:17: officer dot: 'slack/T0123ABCD/U0123ABCD' is Otto Server's already, on line 12.",
        "people.yaml:18: officer dot: `external` cannot be 'maybe'. Write yes",
        "people.yaml:19: unknown key 'protectd'. Did you mean 'protected'?",
    ):
        assert [line for line in told if line.startswith(expected)], (expected, told)
    assert len(told) == 12


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "the file is empty. Start from the example in docs/casework.md.", id="empty"),
        pytest.param(b"- grace\n", "the file must begin with `officers:`", id="a-list"),
        pytest.param(b"officers: grace\n", "`officers` must be a list.", id="text"),
        pytest.param(b"officers: [grace]\n", "every entry of `officers` must be a mapping", id="names"),
    ],
)
def test_what_is_no_register_is_told_so(data: bytes, says: str) -> None:
    assert says in "\n".join(mistakes(data))


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="cannot be read: No such file"):
        load_register(tmp_path / "people.yaml")


def test_somebody_in_both_lists_is_one_person() -> None:
    both = GOOD + b"  - {id: grace, name: Grace Okafor, roles: [candidate], handles: [grace4mp]}\n"
    register = parse_register(both, file="people.yaml")
    (grace,) = [one for one in register.protected if one.id == "grace"]
    assert (grace.roles, SLACK_GRACE in grace.accounts) == (("candidate",), True)


def test_it_says_which_offices_nobody_could_fill() -> None:
    lacking = "\n".join(parse_register(GOOD, file="people.yaml").lacking())
    assert "Nobody holds the office intake" in lacking
    assert "the register names 1" in lacking
    assert "no reviewer from outside" not in lacking
    assert "no reviewer from outside" in "\n".join(parse_register(b"protected: []\n", file="x").lacking())
