"""Claims to be somebody with authority, from the wrong account, with a demand."""

from collections.abc import Iterator, Sequence

from policies.findings import Aim, Certainty, Finding
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "impersonation-claims"


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield the claim where an excuse or haste and a demand stand beside it, and what was found in company."""
    yield from (hit.finding(aim=Aim.NOBODY) for hit in hits if hit.entry.nearby)
    first = {hit.entry.id: hit for hit in reversed(hits) if not hit.entry.nearby}
    if len(first) == 3:
        yield first["claim"].finding(aim=Aim.NOBODY, certainty=Certainty.LIKELY)
