"""Every error a handler may raise or meet.

HustingsError
├── EvidenceUnavailable   the record could not be made; nothing may be removed
├── UnknownIncident       no incident of that name is kept
├── ScorerUnavailable     the classifier gave no answer in time; the rules decide alone
└── PlatformUnavailable   the platform did not answer; the action stays unfinished and is tried again
"""


class HustingsError(Exception):
    """A failure with a sentence a person can act on."""


class EvidenceUnavailable(HustingsError):  # noqa: N818 - it names a state of the world
    """The record could not be made, or it is not known whether it was."""


class UnknownIncident(HustingsError):  # noqa: N818 - it names a state of the world
    """No incident of that name is kept."""


class ScorerUnavailable(HustingsError):  # noqa: N818 - it names a state of the world
    """The classifier gave no answer in time."""


class PlatformUnavailable(HustingsError):  # noqa: N818 - it names a state of the world
    """The platform could not be reached, or asked to wait longer than is sensible."""
