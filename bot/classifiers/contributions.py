"""What each part of a message gave to its scores, for whoever asks why."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One part of a text, in one reading, and what the model made of it alone.

    `stances` is how likely the model takes each stance to be; empty for a model that has no such head.
    """

    view: str
    text: str
    scores: Mapping[str, float]
    stances: Mapping[str, float]
