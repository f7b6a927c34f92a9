"""From a policy file to a `Policy`: every mistake at once, each with its line and what to do."""

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from policies.conditions.check import Mistake
from policies.conditions.condition import Condition, compile_condition
from policies.decisions import Action, Mode, Severity
from policies.examples import Reads, try_examples
from policies.findings import Category
from policies.load_casework import CASEWORK_DO, casework_of, row_name
from policies.policy_file import (
    BySeverityPart,
    ClocksPart,
    ExamplesPart,
    PolicyPart,
    RowPart,
    RulePart,
    SanctionsPart,
)
from policies.problems import PolicyError, Problem, clip, did_you_mean
from policies.rules import Example, Policy, Rule
from policies.yaml_tree import MAX_BYTES, Mapping, Node, Sequence, Text, UnreadableYaml, line_of, plain, read_tree

HOUSE_POLICY = "party.yaml"
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_WORDS = {
    "then": ("action", tuple(Action)),
    "severity": ("severity", tuple(Severity)),
    "mode": ("mode", tuple(Mode)),
    "categories": ("category", tuple(Category)),
}
_DO = {
    **CASEWORK_DO,
    "policy": "Write what these rules are called, such as policy: Party channels.",
    "version": "Write a whole number from 1 upwards, such as version: 1.",
    "definitions": "Write a list of ids, such as [equality-act-2010].",
    "rules": "Write a list of rules, each of which begins with `- id:`.",
    "id": "Write lower-case words joined by hyphens, such as threat-of-violence.",
    "clause": 'Write the sentence that members will read, such as "2.1 Do not threaten anyone."',
    "when": "Write the condition, such as used.size() > 0.",
    "then": "Write a list of actions, such as [hide, alert].",
    "severity": f"Use one of: {', '.join(Severity)}.",
    "triage-within": "Write a number and m, h or d, such as 30m, 1h or 2d.",
    "mode": f"Use one of: {', '.join(Mode)}.",
    "examples": "Write match: and ignore:, each with a list of messages.",
    "match": "Write a list of messages, each in quotation marks.",
    "ignore": "Write a list of messages, each in quotation marks.",
}
_IS = {"list_type": "a list", "model_type": "a mapping of keys to values", "string_type": "text"}


def load_policy(path: Path | str, *, run_examples: Reads | None = None) -> Policy:
    """Read a policy file; with a reader, try the examples too. Raises `PolicyError` with every mistake."""
    return parse_policy(policy_bytes(path), file=str(path), run_examples=run_examples)


def policy_bytes(path: Path | str) -> bytes:
    """Give a policy file as it is; raises `PolicyError` where it cannot be read."""
    try:
        with Path(path).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "the name cannot be used"
        what = f"the file cannot be read: {cause}. Check the name and the rights."
        raise PolicyError([Problem(str(path), 0, what)]) from None


def house_policy(*, run_examples: Reads | None = None) -> Policy:
    """Give the policy that the project ships."""
    return parse_policy(house_policy_bytes(), file=HOUSE_POLICY, run_examples=run_examples)


def house_policy_bytes() -> bytes:
    """Give the shipped policy file as it is, with its comments."""
    return resources.files("policies.house").joinpath(HOUSE_POLICY).read_bytes()


def parse_policy(data: bytes, *, file: str, run_examples: Reads | None = None) -> Policy:
    """Read a policy from bytes; `file` is what mistakes call it. Raises `PolicyError` with every mistake."""
    try:
        tree, problems = read_tree(data, file)
    except UnreadableYaml as error:
        raise PolicyError([error.problem]) from None
    if not isinstance(tree, Mapping):
        what = "the file must begin with `policy:`, `version:` and `rules:`. Start from the shipped policy file."
        raise PolicyError([*problems, Problem(file, tree.line, what)])
    parsed: PolicyPart | None = None
    try:
        parsed = PolicyPart.model_validate(plain(tree))
    except ValidationError as error:
        problems += [_problem(details, tree, file) for details in error.errors(include_url=False)]
    conditions, more = _check_rules(tree, file)
    problems += more
    clocks, sanctions, more = casework_of(tree, file)
    problems += more
    if problems or parsed is None:
        raise PolicyError(problems)
    policy = Policy.of(
        tuple(_rule(part, conditions[number], tree, number) for number, part in enumerate(parsed.rules)),
        name=parsed.policy,
        version=parsed.version,
        sha256=hashlib.sha256(data).hexdigest(),
        definitions=tuple(dict.fromkeys(parsed.definitions)),
        clocks=clocks,
        sanctions=sanctions,
    )
    failed = try_examples(policy, run_examples, file) if run_examples else []
    if failed:
        raise PolicyError(failed)
    return policy


def _rule(part: RulePart, condition: Condition, tree: Mapping, number: int) -> Rule:
    within = part.triage_within

    def examples(which: str, texts: list[str]) -> tuple[Example, ...]:
        paths = [("rules", number, "examples", which, place) for place in range(len(texts))]
        return tuple(Example(text=t, line=line_of(tree, path)) for t, path in zip(texts, paths, strict=True))

    return Rule(
        id=part.id,
        clause=part.clause.strip(),
        condition=condition,
        then=tuple(action for action in Action if action in part.then),
        severity=part.severity,
        mode=part.mode,
        triage_within_seconds=int(within[:-1]) * _SECONDS[within[-1]] if within else None,
        match=examples("match", part.examples.match),
        ignore=examples("ignore", part.examples.ignore),
        line=line_of(tree, ("rules", number)),
    )


def _check_rules(tree: Mapping, file: str) -> tuple[dict[int, Condition], list[Problem]]:
    """Check what the models cannot see, rule by rule, however broken the rest is."""
    conditions: dict[int, Condition] = {}
    problems: list[Problem] = []
    ids: dict[str, int] = {}
    for number, rule in _rules_of(tree):
        where = _name_of(rule, number)
        match rule.values.get("id"):
            case Text(line=line, value=name) if name in ids:
                what = f"the id is already used on line {ids[name]}. Give each rule its own."
                problems.append(Problem(file, line, what, where))
            case Text(line=line, value=name):
                ids[name] = line
        match rule.values.get("when"):
            case Text(value=source) as text if source:
                compiled = compile_condition(source)
                if isinstance(compiled, Condition):
                    conditions[number] = compiled
                else:
                    problems += [_condition_problem(mistake, text, file, where) for mistake in compiled]
        match rule.values.get("then"):
            case Sequence(items=items, line=line) if len(items) > 1:
                if any(isinstance(item, Text) and item.value == Action.ALLOW for item in items):
                    what = "'allow' stands beside other actions. Let it stand alone, or take it out."
                    problems.append(Problem(file, line, what, where))
    return conditions, problems


def _rules_of(tree: Mapping) -> Iterator[tuple[int, Mapping]]:
    rules = tree.values.get("rules")
    for number, rule in enumerate(rules.items if isinstance(rules, Sequence) else ()):
        if isinstance(rule, Mapping):
            yield number, rule


def _name_of(rule: Node | None, number: int) -> str:
    if isinstance(rule, Mapping) and isinstance(name := rule.values.get("id"), Text) and name.value:
        return f"rule {name.value if name.value.isprintable() and len(name.value) <= 64 else clip(name.value)}"
    return f"rule number {number + 1}"


def _condition_problem(mistake: Mistake, text: Text, file: str, where: str) -> Problem:
    line = text.block_from + text.value.count("\n", 0, mistake.at) if text.block_from else text.line
    return Problem(file, line, f"`when`, character {mistake.at + 1}: {mistake.what}", where)


def _problem(details: ErrorDetails, tree: Mapping, file: str) -> Problem:
    """Say one of pydantic's errors in our words."""
    path = tuple(step for step in details["loc"])
    where = ""
    if len(path) > 1 and path[0] == "rules" and isinstance(path[1], int):
        rules = tree.values.get("rules")
        rule = rules.items[path[1]] if isinstance(rules, Sequence) and path[1] < len(rules.items) else None
        where = _name_of(rule, path[1])
    elif len(path) > 2 and path[:2] == ("sanctions", "grid") and isinstance(path[2], int):
        where = row_name(path[2])
    return Problem(file, line_of(tree, path), _sentence(details, path), where)


def _sentence(details: ErrorDetails, path: tuple[str | int, ...]) -> str:  # noqa: PLR0911 - one for each error
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    do = _DO.get(field, "")
    given = details["input"]
    sort = details["type"]
    if sort == "extra_forbidden":
        return f"unknown key {clip(field)}. {did_you_mean(field, _keys_at(path))}"
    if sort == "missing":
        return f"`{field}` is missing. {do}"
    if sort == "enum" and field in _WORDS and isinstance(given, str) and given:
        noun, words = _WORDS[field]
        return f"unknown {noun} {clip(given)}. {did_you_mean(given, words)}"
    if given in ("", []) or sort in ("too_short", "string_too_short"):
        return f"`{field}` is empty. {do}"
    if sort in _IS:
        if path and isinstance(path[-1], int):
            return f"every entry of `{field}` must be {_IS[sort]}. {do}"
        return f"`{field}` must be {_IS[sort]}. {do}"
    if sort in ("too_long", "string_too_long"):
        most = (details.get("ctx") or {}).get("max_length")
        parts = "entries" if sort == "too_long" else "characters"
        return f"`{field}` has more than {most} {parts}. Shorten it."
    return f"`{field}` cannot be {clip(given) if isinstance(given, str) else 'this'}. {do}"


def _keys_at(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Give the keys that may stand where an unknown one does, by the names of what is around it."""
    around = tuple(step for step in path[:-1] if isinstance(step, str))
    fields = _FIELDS.get(around, ExamplesPart.model_fields)
    return tuple(field.alias or name for name, field in fields.items())


_FIELDS = {
    (): PolicyPart.model_fields,
    ("rules",): RulePart.model_fields,
    ("clocks",): ClocksPart.model_fields,
    ("clocks", "triage"): BySeverityPart.model_fields,
    ("clocks", "decide"): BySeverityPart.model_fields,
    ("sanctions",): SanctionsPart.model_fields,
    ("sanctions", "grid"): RowPart.model_fields,
}
