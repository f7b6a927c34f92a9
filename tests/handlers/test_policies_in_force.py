"""A policy with mistakes never takes the place of the one in force."""

from pathlib import Path

from handlers.policies_in_force import InForce
from policies.load import load_policy
from tests.fakes.reading import small_policy

GOOD = """\
policy: Party channels
version: 2
rules:
  - {id: any-finding, clause: "1 Be civil.", when: findings.size() > 0, then: [alert]}
"""


def test_a_good_policy_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "party.yaml").write_text(GOOD)
    in_force = InForce(small_policy())
    assert in_force.try_replace(lambda: load_policy(tmp_path / "party.yaml")) == ()
    assert in_force.policy.version == 2


def test_a_policy_with_mistakes_is_told_and_the_old_one_stays(tmp_path: Path) -> None:
    (tmp_path / "party.yaml").write_text(GOOD.replace("alert", "alrt").replace("findings", "findigns"))
    old = small_policy()
    in_force = InForce(old)
    problems = in_force.try_replace(lambda: load_policy(tmp_path / "party.yaml"))
    assert len(problems) == 2
    assert in_force.policy is old


def test_a_policy_that_is_gone_leaves_the_old_one(tmp_path: Path) -> None:
    old = small_policy()
    in_force = InForce(old)
    (problem,) = in_force.try_replace(lambda: load_policy(tmp_path / "party.yaml"))
    assert "cannot be read" in problem.what
    assert in_force.policy is old
