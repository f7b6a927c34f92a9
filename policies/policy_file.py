"""The shape of a policy file, as pydantic models; editors get it as a JSON Schema."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from policies.casework.words import Sanction
from policies.decisions import Action, Mode, Severity
from policies.findings import Category

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


_SPAN = r"^[1-9][0-9]{0,4}(h|d|wd|mo)$"
_MEASURE = r"(nothing|warning|removal|(mute|suspension) [1-9][0-9]{0,3}d|ban( [1-9][0-9]{0,3}d)?)"
_Span = Annotated[str, Field(pattern=_SPAN)]
_Range = Annotated[str, Field(pattern=rf"^ *{_MEASURE}( to {_MEASURE})? *$")]
SANCTION_NAMES = tuple(kind.value.removeprefix("sanction-") for kind in Sanction)


class BySeverityPart(_Part):
    """How long a clock runs for each severity; what is left out keeps its default."""

    critical: _Span | None = Field(default=None, description="For what does the gravest harm, such as 1h.")
    high: _Span | None = Field(default=None, description="Such as 24h.")
    medium: _Span | None = Field(default=None, description="Such as 3d.")
    low: _Span | None = Field(default=None, description="Such as 10wd.")


class ClocksPart(_Part):
    """The deadlines of a case: 24h, 28d, 10wd (working days) or 6mo."""

    acknowledge: _Span | None = Field(default=None, description="How soon a report is acknowledged; 24h by default.")
    triage: BySeverityPart = Field(default=BySeverityPart(), description="How soon somebody says how grave it is.")
    decide: BySeverityPart = Field(default=BySeverityPart(), description="How soon a case is decided; 28d by default.")
    appeal_window: _Span | None = Field(
        default=None, alias="appeal-window", description="How long both sides can appeal; 6mo by default."
    )
    appeal_decide: _Span | None = Field(
        default=None, alias="appeal-decide", description="How soon an appeal is decided; 28d by default."
    )
    subject_request: _Span | None = Field(
        default=None,
        alias="subject-request",
        description="How soon people get their own data, or have it erased; 1mo by default.",
    )
    most_paused: str | None = Field(
        default=None,
        alias="most-paused",
        pattern=r"^[1-9][0-9]{0,4}[hd]$",
        description="How long the clocks of one case may stand still in all; 14d by default.",
    )


class RowPart(_Part):
    """One row of the grid: for which breaches it is, and what may follow the first, second and any further time."""

    rules: list[_Id] = Field(default=[], max_length=MAX_RULES, description="Rules of this file, by id.")
    categories: list[Category] = Field(
        default=[], max_length=len(Category), description="Or kinds of breach, such as threat or insult."
    )
    severity: list[Severity] = Field(
        default=[], max_length=len(Severity), description="Only when triage called it this grave; all if left out."
    )
    first: _Range = Field(description="The first time: one sanction, or a range such as warning to mute 7d.")
    second: _Range = Field(description="With one earlier sanction that still counts.")
    further: _Range = Field(description="With two or more.")


class SanctionsPart(_Part):
    """What a breach may lead to once a person has decided it."""

    count_for: dict[str, str] = Field(
        default={},
        alias="count-for",
        description="How long each sanction counts as an earlier one: a span such as 12mo, or ever.",
        json_schema_extra={
            "propertyNames": {"enum": list(SANCTION_NAMES)},
            "additionalProperties": {"type": "string", "pattern": r"^([1-9][0-9]{0,4}(h|d|wd|mo)|ever)$"},
        },
    )
    stayed_by_appeal: list[str] = Field(
        default=[],
        alias="stayed-by-appeal",
        max_length=len(Sanction),
        description="Which sanctions an appeal suspends until it is decided, such as [suspension].",
        json_schema_extra={"items": {"type": "string", "enum": list(SANCTION_NAMES)}},
    )
    grid: list[RowPart] = Field(default=[], max_length=MAX_RULES, description="The rows, the first that fits counts.")


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
    clocks: ClocksPart = Field(default=ClocksPart(), description="How long casework may take.")
    sanctions: SanctionsPart = Field(default=SanctionsPart(), description="What a breach may lead to.")


def json_schema() -> dict[str, object]:
    """Give the JSON Schema by which editors complete and check policy files."""
    schema = PolicyPart.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Hustings policy"}
