"""The detectors: one kind of abuse, one file, one `find()`; the list below names them all."""

from collections.abc import Iterable

from policies.anchors import Rows
from policies.denials import DENIALS
from policies.detectors import (
    coded_antisemitism,
    death_wishes,
    dehumanisation,
    doxxing,
    harassment,
    identity_attacks,
    impersonation_claims,
    insults,
    intimidation,
    obscene,
    pile_on_calls,
    scam_links,
    self_harm,
    slurs,
    threats,
)
from policies.findings import Finding
from policies.lexicon import Hit, Lexicon
from policies.scanner import Scanner
from policies.text.normalise import Normalised, Normaliser

DETECTORS = (
    coded_antisemitism,
    death_wishes,
    dehumanisation,
    doxxing,
    harassment,
    identity_attacks,
    impersonation_claims,
    insults,
    intimidation,
    obscene,
    pile_on_calls,
    scam_links,
    self_harm,
    slurs,
    threats,
)
"""Every detector, in alphabetical order; a test compares it with the folder."""


class DetectorSet:
    """All detectors over one set of lexicons; safe to share, holds no state between messages."""

    def __init__(
        self,
        lexicons: Iterable[Lexicon],
        disguised: Iterable[str] = (),
        rows: Rows | None = None,
        misspelt: Iterable[str] = (),
    ) -> None:
        self.lexicons = tuple(lexicons)
        self._scanner = Scanner(self.lexicons, rows)
        terms = (term for lexicon in self.lexicons for entry in lexicon.entries for term in entry.terms)
        self._normaliser = Normaliser(disguised, terms, misspelt)

    def warm_up(self) -> None:
        """Make ready what is otherwise made when a message first needs it."""
        self._scanner.warm_up()

    def normalise(self, text: str) -> Normalised:
        """Give the views of a text, undoing the disguise of the words these lexicons list."""
        return self._normaliser.normalise(text)

    def hits(self, message: Normalised) -> dict[str, list[Hit]]:
        """Give what each lexicon knows of a message, before the detectors judge it."""
        return self._scanner.scan(message)

    def find(self, message: Normalised) -> tuple[Finding, ...]:
        """Give what all detectors find, in the order of the text."""
        return self.read(message)[0]

    def read(self, message: Normalised) -> tuple[tuple[Finding, ...], bool, list[Hit]]:
        """Give what all detectors find, in the order of the text.

        The second answer is whether all of the message was read, the third what denies hatred of people in it.
        """
        hits, whole = self._scanner.read(message)
        if not hits:
            return (), whole, []
        found = [f for detector in DETECTORS for f in detector.find(message, hits.get(detector.LEXICON, ()))]
        return (
            tuple(sorted(_without_repeats(found), key=lambda finding: (finding.span, finding.kind))),
            whole,
            hits.get(DENIALS, []),
        )


def _without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """Keep one finding of a kind where several overlap: the plainest, then the longest."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.certainty is not f.certainty.PLAIN, f.span.start - f.span.end)):
        if not any(other.kind == finding.kind and other.span.overlaps(finding.span) for other in kept):
            kept.append(finding)
    return kept
