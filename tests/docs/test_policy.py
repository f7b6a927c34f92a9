"""The guide to policies names all that there is, and what it shows can be used as it stands."""

import re

import pytest

from policies.conditions.check import MAX_MACROS, MAX_PATTERN
from policies.conditions.syntax import MACROS, MAX_DEPTH, MAX_LENGTH
from policies.conditions.vocabulary import CONTEXT, FINDING, SCORES, VARIABLES, Words
from policies.decisions import Action, Mode, Severity
from policies.findings import Category
from policies.lexicon_files import house_reader
from policies.load import parse_policy
from policies.policy_file import MAX_RULES, PolicyPart, RulePart
from tests.architecture.sources import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "policy.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^```yaml rule\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
FILES = re.findall(r"^```yaml policy\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def _table(heading: str) -> list[str]:
    rows = GUIDE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([\w-]+)` \|", rows, re.MULTILINE)


def test_every_key_is_explained() -> None:
    for heading, part in (("key", PolicyPart), ("key of a rule", RulePart)):
        keys = {field.alias or name for name, field in part.model_fields.items()}
        assert set(_table(heading)) == keys


def test_every_action_is_explained_in_order() -> None:
    assert _table("action") == list(Action)


def test_everything_that_a_condition_can_name_is_explained() -> None:
    assert set(_table("variable")) == set(VARIABLES)
    assert set(_table("member")) == set(FINDING.members)
    for record, members in (("scores", SCORES.members), ("context", CONTEXT.members)):
        assert set(re.findall(rf"`{record}\.(\w+)`", GUIDE)) == set(members)


def test_every_word_that_a_condition_can_compare_with_is_named() -> None:
    words = {value for member in FINDING.members.values() if isinstance(member, Words) for value in member.values}
    for word in (*words, *Category, *Mode, *Severity):
        assert f"`{word}`" in GUIDE, word


def test_every_macro_and_every_limit_is_told() -> None:
    assert all(f"{macro}" in GUIDE for macro in MACROS)
    assert f"{MAX_LENGTH:,} characters" in GUIDE
    assert f"more than {MAX_DEPTH}\ndeep" in GUIDE
    assert f"at most {MAX_PATTERN} characters" in GUIDE
    assert f"at most {MAX_RULES}." in GUIDE
    assert MAX_MACROS == 8
    assert "more than eight times" in GUIDE


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.split()[2])
def test_every_recipe_can_be_used(recipe: str) -> None:
    rules = "".join(f"  {line}\n" for line in recipe.splitlines())
    policy = parse_policy(f"policy: p\nversion: 1\nrules:\n{rules}".encode(), file="recipe.yaml")
    assert not policy.rules[0].condition.gate.always


def test_the_file_that_is_shown_is_a_policy_whose_examples_hold() -> None:
    assert len(FILES) == 1
    assert parse_policy(FILES[0].encode(), file="shown.yaml", run_examples=house_reader()).version == 3
