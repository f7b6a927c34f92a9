"""`hustings policy`: checking a policy file, trying its examples, the schema for editors, and taking one up."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_policy_adoption import add_adoption
from policies.assess import Reader
from policies.capabilities import cannot
from policies.decisions import Mode
from policies.evaluate import ON_MEMBERS
from policies.identifiers import PlatformName
from policies.lexicon_files import house_reader
from policies.load import HOUSE_POLICY, house_policy, load_policy
from policies.policy_file import json_schema
from policies.problems import PolicyError
from policies.rules import Policy, Rule

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Check, describe, try and take up policy files.")
add_adoption(app)

File = Annotated[Path | None, typer.Argument(help="The policy file; without one, the policy that Hustings ships.")]


@app.command()
def check(file: File = None) -> None:
    """Tell every mistake in a policy file at once, and where a platform cannot do what a rule asks."""
    policy = _load(file)
    name = str(file or HOUSE_POLICY)
    acting = sum(rule.mode is Mode.ACT for rule in policy.rules)
    typer.echo(f"{name}: no mistakes.")
    typer.echo(
        f"{policy.name}, version {policy.version}: {_count(len(policy.rules), 'rule')}, of which {acting} act and "
        f"{len(policy.rules) - acting} only observe. Fingerprint {policy.sha256[:16]}."
    )
    if policy.definitions:
        typer.echo(f"Read by: {', '.join(policy.definitions)}.")
    if (examples := _examples(policy)) and file:
        what = "Its example was" if examples == 1 else f"Its {examples} examples were"
        typer.echo(f"{what} not tried: `hustings policy test` does so. A policy whose examples fail is not taken up.")
    for note in _notes(policy, name):
        typer.echo(note)


@app.command("test")
def try_examples(file: File = None) -> None:
    """Try the examples of every rule with the detectors that Hustings ships; the classifier is not asked."""
    policy = _load(file)
    _load(file, house_reader())
    name = str(file or HOUSE_POLICY)
    typer.echo(f"{name}: {_count(_examples(policy), 'example')} tried, all as they should be.")
    if file and (bare := [rule.id for rule in policy.rules if not rule.match]):
        typer.echo(f"Without a `match` example, so not known to catch anything: {', '.join(bare)}.")
    if any(rule.condition.gate.scores for rule in policy.rules):
        typer.echo("The classifier was not asked: what rules make of its scores, `hustings explain` tells.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _load(file: Path | None, reader: Reader | None = None) -> Policy:
    try:
        return load_policy(file, run_examples=reader) if file else house_policy(run_examples=reader)
    except PolicyError as error:
        typer.echo(str(error))
        wrong = "example fails" if len(error.problems) == 1 else "examples fail"
        what = _count(len(error.problems), "mistake") if reader is None else f"{len(error.problems)} {wrong}"
        typer.echo(f"{what}; the policy cannot be used.", err=True)
        raise typer.Exit(1) from None


def _examples(policy: Policy) -> int:
    return sum(len(rule.match) + len(rule.ignore) for rule in policy.rules)


def _notes(policy: Policy, name: str) -> list[str]:
    """Say what is no mistake, yet may surprise."""
    notes = []
    for rule in policy.rules:
        place = f"{name}:{rule.line}: rule {rule.id}"
        for platform in PlatformName:
            missing = [action for action in cannot(platform) if action in rule.then]
            if missing:
                what = " and no ".join(action.value for action in missing)
                notes.append(f"{place}: {platform.value.capitalize()} knows no {what}; moderators are alerted instead.")
        if _by_score_alone(rule) and ON_MEMBERS.intersection(rule.then):
            notes.append(f"{place}: acts on a classifier's score alone. Scores err; `alert` is safer.")
    return notes


def _by_score_alone(rule: Rule) -> bool:
    gate = rule.condition.gate
    return bool(gate.scores) and not gate.kinds


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
