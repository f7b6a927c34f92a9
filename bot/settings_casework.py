"""What an operator decides about casework: who the officers are, whose holidays count, who is alarmed."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from policies.casework.calendars import Nation

_Post = Annotated[str, Field(min_length=1, max_length=200)]


class CaseworkSettings(BaseModel):
    """Who works on cases, and by which days and for whom the deadlines count."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    people: Path | None = None
    """The register of officers and protected people, a YAML file; without one nobody works on cases."""

    nation: Nation = Nation.ENGLAND
    """By whose bank holidays working days are counted."""

    breaches: _Post = "case-secretary"
    """Who is alarmed when a deadline is missed: an officer's id, or a post in words."""

    reviewer: _Post = "independent-reviewer"
    """Who takes on a case at twice its deadline: an officer's id, or a post in words."""

    leadership: _Post = "leadership"
    """Where the leadership is told of cases at twice their deadline: an officer's id, or an address in words."""

    sanctioner: _Post = "case-secretary"
    """Who is asked to do by hand what no platform lets the bot do: an officer's id, or a post in words."""

    support: str = Field(default="", max_length=500)
    """What those are told about help at whom something was aimed."""

    letters: Path | None = None
    """The letters that members get, a YAML file; without one the shipped letters."""

    policies: Path | None = None
    """A folder with every version of the policy, each named by the date from which it was in force."""
