"""Words of the record that say to a reader what they mean."""

from enum import StrEnum
from typing import Self


class Meaningful(StrEnum):
    """A closed list of words; `means` says each to a reader."""

    means: str

    def __new__(cls, value: str, means: str) -> Self:
        """Make a member from its word and its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.means = means
        return member
