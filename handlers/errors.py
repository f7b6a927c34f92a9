"""Every error a handler may raise or meet.

HustingsError
├── EvidenceUnavailable   the record could not be made; nothing may be removed
├── UnknownIncident       no incident of that name is kept
├── ScorerUnavailable     the classifier gave no answer in time; the rules decide alone
├── PlatformUnavailable   the platform did not answer; the action stays unfinished and is tried again
├── NotReadable           the platform does not let the bot read what is around a message, or a channel
└── NotFetched            a file that came with a message cannot be had, and why
"""

from policies.copies import CopyStatus


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


class NotReadable(HustingsError):  # noqa: N818 - it says what became of the look
    """The platform does not let the bot read what is around a message, or see a channel."""


class NotFetched(HustingsError):  # noqa: N818 - it says what became of the file
    """A file that came with a message cannot be had; trying again would not help."""

    def __init__(self, status: CopyStatus, words: str) -> None:
        super().__init__(words)
        self.status = status
