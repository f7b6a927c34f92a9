"""The sections of a policy file that casework reads: `clocks:` and `sanctions:`, with every mistake by its line."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from policies.casework.clocks import ClockRules, Span, read_span
from policies.casework.grid import Range, Row, SanctionRules, read_range
from policies.casework.words import Sanction
from policies.decisions import Severity
from policies.policy_file import SANCTION_NAMES, BySeverityPart, ClocksPart, RowPart, SanctionsPart
from policies.problems import Problem, clip, did_you_mean
from policies.yaml_tree import Mapping as MappingNode
from policies.yaml_tree import Node, Sequence, Text, line_of, plain
from policies.yaml_tree import Path as TreePath

_Model = TypeVar("_Model", bound=BaseModel)

EVER = "ever"
CASEWORK_DO = {
    "clocks": "Write a mapping of clocks, such as acknowledge: 24h.",
    "acknowledge": "Write 24h, 28d, 10wd (working days) or 6mo.",
    "triage": "Write a mapping by severity, such as {critical: 1h, high: 24h}.",
    "decide": "Write a mapping by severity, such as {critical: 7d, low: 28d}.",
    "critical": "Write 24h, 28d, 10wd (working days) or 6mo.",
    "high": "Write 24h, 28d, 10wd (working days) or 6mo.",
    "medium": "Write 24h, 28d, 10wd (working days) or 6mo.",
    "low": "Write 24h, 28d, 10wd (working days) or 6mo.",
    "appeal-window": "Write 28d, 10wd (working days) or 6mo.",
    "appeal-decide": "Write 28d, 10wd (working days) or 6mo.",
    "subject-request": "Write 28d, 10wd (working days) or 1mo.",
    "most-paused": "Write hours or days, such as 14d.",
    "sanctions": "Write a mapping with count-for:, stayed-by-appeal: and grid:.",
    "count-for": "Write how long each sanction counts, such as {warning: 12mo, ban: ever}.",
    "stayed-by-appeal": "Write a list of sanctions, such as [suspension], or [] for none.",
    "grid": "Write a list of rows, each with first:, second: and further:.",
    "categories": "Write a list of kinds of breach, such as [threat, identity-attack].",
    "first": "Write nothing, warning, mute 7d, suspension 28d, removal or ban, or a range: warning to mute 7d.",
    "second": "Write a sanction or a range, such as mute 7d to suspension 28d.",
    "further": "Write a sanction or a range, such as suspension 28d to ban.",
}
"""What to do about each key, for the mistakes that the models find."""

_TIMES = ("first", "second", "further")


def casework_of(tree: MappingNode, file: str) -> tuple[ClockRules, SanctionRules, list[Problem]]:
    """Give both sections as they are applied, and the mistakes that their shape does not show.

    A part whose shape is wrong is left out: the models tell what is wrong with it.
    """
    clocks = _part(tree.values.get("clocks"), ClocksPart) or ClocksPart()
    section = tree.values.get("sanctions")
    inside = section.values if isinstance(section, MappingNode) else {}
    sanctions = _part(section, SanctionsPart, without="grid") or SanctionsPart()
    written = inside.get("grid")
    parts = [_part(row, RowPart) for row in (written.items if isinstance(written, Sequence) else ())]
    problems: list[Problem] = []
    rows = tuple(_rows(parts, tree, file, problems))
    known = _rule_ids(tree)
    for number, part in _readable(parts):
        for place, rule in enumerate(part.rules):
            if rule not in known:
                what = f"no rule of this file is called {clip(rule)}. {did_you_mean(rule, known)}"
                problems.append(_at(tree, file, ("sanctions", "grid", number, "rules", place), what, row_name(number)))
    if len(rows) == len(parts):
        problems += _never_reached(rows, tree, file)
    counted = dict(_count_for(sanctions, tree, file, problems))
    applied = SanctionRules(
        grid=rows,
        count_for={**SanctionRules().count_for, **counted},
        stayed_by_appeal=frozenset(_stayed(sanctions, tree, file, problems)),
    )
    return _clocks(clocks), applied, problems


def _part(node: Node | None, model: type[_Model], *, without: str = "") -> _Model | None:
    found = plain(node) if node is not None else None
    try:
        return model.model_validate(
            {k: v for k, v in found.items() if k != without} if isinstance(found, dict) else found
        )
    except ValidationError:
        return None


def _readable(parts: list[RowPart | None]) -> Iterator[tuple[int, RowPart]]:
    return ((number, part) for number, part in enumerate(parts) if part is not None)


def _rule_ids(tree: MappingNode) -> list[str]:
    rules = tree.values.get("rules")
    named = (
        rule.values.get("id")
        for rule in (rules.items if isinstance(rules, Sequence) else ())
        if isinstance(rule, MappingNode)
    )
    return sorted({name.value for name in named if isinstance(name, Text)})


def row_name(number: int) -> str:
    """Name a row of the grid where a mistake is told."""
    return f"row {number + 1} of the grid"


def _clocks(part: ClocksPart) -> ClockRules:
    usual = ClockRules()
    paused = timedelta(**{_UNIT[part.most_paused[-1]]: int(part.most_paused[:-1])}) if part.most_paused else None
    return ClockRules(
        acknowledge=_span(part.acknowledge, usual.acknowledge),
        triage=_by_severity(part.triage, usual.triage),
        decide=_by_severity(part.decide, usual.decide),
        appeal_window=_span(part.appeal_window, usual.appeal_window),
        appeal_decide=_span(part.appeal_decide, usual.appeal_decide),
        subject_request=_span(part.subject_request, usual.subject_request),
        most_paused=usual.most_paused if paused is None else paused,
    )


_UNIT = {"h": "hours", "d": "days"}


def _span(written: str | None, usual: Span) -> Span:
    return usual if written is None else read_span(written)


def _by_severity(part: BySeverityPart, usual: Mapping[Severity, Span]) -> Mapping[Severity, Span]:
    return {severity: _span(getattr(part, severity.value), usual[severity]) for severity in Severity}


def _rows(parts: list[RowPart | None], tree: Node, file: str, problems: list[Problem]) -> Iterator[Row]:
    """Give the rows that can be read; a row with a mistake is told and left out."""
    for number, part in _readable(parts):
        ranges: list[Range] = []
        for time in _TIMES:
            try:
                ranges.append(read_range(getattr(part, time)))
            except ValueError as error:
                what = f"`{time}`: {error}."
                problems.append(_at(tree, file, ("sanctions", "grid", number, time), what, row_name(number)))
        if len(ranges) < len(_TIMES):
            continue
        for time, before, after in zip(_TIMES[1:], ranges, ranges[1:], strict=False):
            if after.heaviest.weight < before.heaviest.weight or after.mildest.weight < before.mildest.weight:
                what = f"`{time}` is milder than the time before it ({before}). Make it as heavy or heavier."
                problems.append(_at(tree, file, ("sanctions", "grid", number, time), what, row_name(number)))
        yield Row(
            rules=frozenset(part.rules),
            categories=frozenset(part.categories),
            severities=frozenset(part.severity or Severity),
            first=ranges[0],
            second=ranges[1],
            further=ranges[2],
        )


def _never_reached(rows: tuple[Row, ...], tree: Node, file: str) -> Iterator[Problem]:
    """Tell rows whose every breach belongs to rows above them."""
    taken: set[tuple[str, Severity]] = set()
    for number, row in enumerate(rows):
        names = [f"rule {rule}" for rule in row.rules] + [f"category {kind.value}" for kind in row.categories]
        covered = {(name, severity) for name in names or ["anything"] for severity in row.severities}
        if covered <= taken:
            what = "the rows above it cover all that it is for, so it never counts. Take it out, or move it up."
            yield _at(tree, file, ("sanctions", "grid", number), what, row_name(number))
        taken |= covered


def _count_for(
    part: SanctionsPart, tree: Node, file: str, problems: list[Problem]
) -> Iterator[tuple[Sanction, Span | None]]:
    for name, written in part.count_for.items():
        path: TreePath = ("sanctions", "count-for", name)
        if name not in SANCTION_NAMES:
            problems.append(
                _at(tree, file, path, f"unknown sanction {clip(name)}. {did_you_mean(name, SANCTION_NAMES)}")
            )
            continue
        try:
            yield Sanction(f"sanction-{name}"), None if written == EVER else read_span(written)
        except ValueError as error:
            problems.append(_at(tree, file, path, f"{error}, or {EVER}."))


def _stayed(part: SanctionsPart, tree: Node, file: str, problems: list[Problem]) -> Iterator[Sanction]:
    for place, name in enumerate(part.stayed_by_appeal):
        if name in SANCTION_NAMES:
            yield Sanction(f"sanction-{name}")
            continue
        what = f"unknown sanction {clip(name)}. {did_you_mean(name, SANCTION_NAMES)}"
        problems.append(_at(tree, file, ("sanctions", "stayed-by-appeal", place), what))


def _at(tree: Node, file: str, path: TreePath, what: str, where: str = "") -> Problem:
    return Problem(file, line_of(tree, path), what, where)
