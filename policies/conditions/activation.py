"""What a condition sees of an assessment: the variables of the vocabulary, filled in."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter

import cel

from policies.assessments import Assessment, Context
from policies.conditions.condition import new_activation
from policies.findings import Finding, Scores

MOST_FINDINGS = 50
"""More of one message are left out: handing them to the engine takes about 20 microseconds each."""

_NO_SCORES = Scores().as_dict()

_FINDING: Mapping[str, Callable[[Finding], object]] = {
    "kind": attrgetter("kind"),
    "entry": attrgetter("entry"),
    "categories": lambda finding: [category.value for category in finding.categories],
    "stance": attrgetter("stance.value"),
    "aim": attrgetter("aim.value"),
    "certainty": attrgetter("certainty.value"),
    "characteristic": attrgetter("characteristic"),
    "view": attrgetter("view"),
    "disguised": attrgetter("disguised"),
}

CONTEXT: Mapping[str, Callable[[Context], object]] = {
    "platform": attrgetter("platform.value"),
    "channel": attrgetter("channel"),
    "author_roles": lambda context: list(context.author_roles[:MOST_FINDINGS]),
    "author_is_moderator": attrgetter("author_is_moderator"),
    "in_thread": attrgetter("in_thread"),
    "is_edit": attrgetter("is_edit"),
    "explained": attrgetter("explained"),
    "is_reply": lambda context: context.parent_text is not None or context.parent_is_own,
    "attachment_count": attrgetter("attachment_count"),
}
"""How each member of `context` is read."""

_VARIABLES: Mapping[str, Callable[[Assessment], object]] = {
    "scores": lambda assessment: assessment.scores.as_dict() if assessment.scores else _NO_SCORES,
    "scored": lambda assessment: assessment.scores is not None,
    "stance": attrgetter("stance.value"),
    "categories": lambda assessment: [category.value for category in assessment.categories],
    "context": lambda assessment: {name: get(assessment.context) for name, get in CONTEXT.items()},
    "degraded": lambda assessment: bool(assessment.degraded),
}


def activate(assessment: Assessment, variables: Iterable[str], finding_members: Iterable[str]) -> cel.Context:
    """Fill in the variables that will be asked for; of each finding, the members that will be."""
    activation = new_activation()
    getters = [(member, _FINDING[member]) for member in finding_members]
    for name in variables:
        if name in ("findings", "used"):
            findings = assessment.findings if name == "findings" else assessment.used
            chosen = findings if len(findings) <= MOST_FINDINGS else _most_telling(findings)
            records = [{member: get(finding) for member, get in getters} for finding in chosen]
            activation.add_variable(name, records)
        else:
            activation.add_variable(name, _VARIABLES[name](assessment))
    return activation


def _most_telling(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep one of each sort before any second one, so that a flood of insults cannot crowd out a threat."""
    first: dict[object, int] = {}
    for place, finding in enumerate(findings):
        first.setdefault((finding.kind, finding.certainty, finding.stance, finding.aim), place)
    kept = sorted(first.values())[:MOST_FINDINGS]
    chosen = set(kept)
    others = (place for place in range(len(findings)) if place not in chosen)
    chosen.update(place for place, _ in zip(others, range(MOST_FINDINGS - len(kept)), strict=False))
    return tuple(findings[place] for place in sorted(chosen))
