"""The shape of a policy file, as pydantic models; editors get it as a JSON Schema."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from policies.decisions import Action, Mode, Severity

MAX_RULES = 200
MAX_CLAUSE = 500
MAX_EXAMPLE = 4000

_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
_Message = Annotated[str, Field(min_length=1, max_length=MAX_EXAMPLE)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExamplesPart(_Part):
    """Messages by which a rule is tried whenever the file is tested."""

    match: list[_Message] = Field(default=[], max_length=50, description="Messages for which the rule must hold.")
    ignore: list[_Message] = Field(default=[], max_length=50, description="Messages for which the rule must not hold.")


class RulePart(_Part):
    """One rule: the clause it stands for, when it holds, and what then follows."""

    id: _Id = Field(description="A name that never changes and is never used again, such as threat-of-violence.")
    clause: str = Field(
        min_length=1,
        max_length=MAX_CLAUSE,
        description="The sentence of your rules that it enforces. Members read it in the notice they get.",
    )
    when: str = Field(
        min_length=1,
        description=(
            "The condition, in CEL, over findings, used, scores, scored, stance, categories, context and degraded; "
            'such as used.exists(f, f.kind == "threat" && f.certainty == "plain").'
        ),
    )
    then: list[Action] = Field(
        min_length=1, max_length=len(Action), description="What follows, such as [hide, alert, open-case]."
    )
    severity: Severity = Field(default=Severity.MEDIUM, description="How much harm a breach does.")
    triage_within: str | None = Field(
        default=None,
        alias="triage-within",
        pattern=r"^[1-9][0-9]{0,3}[mhd]$",
        description="How soon a moderator has to look: a number and m, h or d, such as 30m, 1h or 2d.",
    )
    mode: Mode = Field(
        default=Mode.OBSERVE,
        description="act touches members; observe only shows moderators what would have been done.",
    )
    examples: ExamplesPart = Field(default=ExamplesPart(), description="Messages by which the rule is tried.")


class PolicyPart(_Part):
    """The rules of one community."""

    policy: str = Field(min_length=1, max_length=100, description="What these rules are called.")
    version: int = Field(ge=1, le=1_000_000, description="A whole number that grows with every change.")
    definitions: list[_Id] = Field(
        default=[],
        max_length=20,
        description="Documents by which this community reads its rules, such as equality-act-2010. None is built in.",
    )
    rules: list[RulePart] = Field(min_length=1, max_length=MAX_RULES, description="Every rule is applied.")


def json_schema() -> dict[str, object]:
    """Give the JSON Schema by which editors complete and check policy files."""
    schema = PolicyPart.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Hustings policy"}
