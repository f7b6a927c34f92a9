"""A referral to the police, as a form: what somebody perceived, and offences to look at, which are no findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    """What hostility was perceived to be about: the five strands that police and prosecutors record."""

    RACE = "race"
    RELIGION = "religion"
    DISABILITY = "disability"
    SEXUAL_ORIENTATION = "sexual-orientation"
    TRANSGENDER_IDENTITY = "transgender-identity"


class PerceivedBy(StrEnum):
    """Who perceived it: the victim or any other person is enough."""

    VICTIM = "victim"
    OTHER = "other-person"


class Target(StrEnum):
    """Whom it was aimed at, as the Elections Act 2022 (sections 30 to 34) has them."""

    CANDIDATE = "candidate"
    CAMPAIGNER = "campaigner"
    OFFICE_HOLDER = "office-holder"


class PossibleOffence(StrEnum):
    """An offence that somebody may want to look at; nothing here finds that it was committed."""

    MALICIOUS_COMMUNICATIONS = "malicious-communications"
    FALSE_COMMUNICATIONS = "false-communications"
    THREATENING_COMMUNICATIONS = "threatening-communications"
    PUBLIC_ORDER = "public-order"
    HARASSMENT = "harassment"


STATUTES = {
    PossibleOffence.MALICIOUS_COMMUNICATIONS: "Malicious Communications Act 1988, section 1",
    PossibleOffence.FALSE_COMMUNICATIONS: "Online Safety Act 2023, section 179 (false communications)",
    PossibleOffence.THREATENING_COMMUNICATIONS: "Online Safety Act 2023, section 181 (threatening communications)",
    PossibleOffence.PUBLIC_ORDER: "Public Order Act 1986",
    PossibleOffence.HARASSMENT: "Protection from Harassment Act 1997",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """What the form says; what is empty was left blank."""

    grounds: tuple[Ground, ...] = ()
    perceived_by: PerceivedBy | None = None
    targets: tuple[Target, ...] = ()
    offences: tuple[PossibleOffence, ...] = ()

    def lines(self) -> Iterator[tuple[str, bool, str]]:
        """Give each box of the form: the question, whether it is ticked, and the answer beside it."""
        perceived = "Hostility was perceived, by the victim or by any other person, to be about"
        for ground in Ground:
            yield perceived, ground in self.grounds, ground.value.replace("-", " ")
        for by in PerceivedBy:
            yield "It was perceived by", by is self.perceived_by, by.value.replace("-", " ")
        for target in Target:
            yield "It was aimed at a (Elections Act 2022, sections 30 to 34)", target in self.targets, target.value
        for offence in PossibleOffence:
            yield "Possible offences, not findings", offence in self.offences, STATUTES[offence]

    def as_json(self) -> dict[str, object]:
        """Give what is ticked."""
        return {
            "grounds": [*self.grounds],
            "perceived_by": [self.perceived_by] if self.perceived_by else [],
            "targets": [*self.targets],
            "offences": [*self.offences],
        }
