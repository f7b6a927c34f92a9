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
