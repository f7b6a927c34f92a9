"""How the author stands to each finding: used, quoted, reported, condemned or criticised."""

from policies.assessments import Context
from policies.findings import Cue, Finding
from policies.text.normalise import Normalised


class StanceReader:
    """Reads how the author stands to what was found."""

    def read(
        self, message: Normalised, findings: tuple[Finding, ...], context: Context
    ) -> tuple[tuple[Finding, ...], tuple[Cue, ...]]:
        """Give the findings with their stance, and the cues that led to it."""
        return findings, ()
