"""The deadlines and the grid of a policy file: every mistake at once, with its line and what to do."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from policies.casework.clocks import ClockRules, Span, Unit
from policies.casework.grid import Measure, SanctionRules, read_range
from policies.casework.words import Sanction
from policies.decisions import Severity
from policies.findings import Category
from policies.load import house_policy, parse_policy
from policies.problems import PolicyError

RULES = """\
policy: Party channels
version: 3
rules:
  - id: threat-of-violence
    clause: "2.1 Do not threaten anyone."
    when: used.size() > 0
    then: [alert]
"""

BAD = """\
clocks:
  acknowlege: 24h
  triage: {critical: one hour, grave: 1h}
  appeal-window: 6 months
  most-paused: 2wd
sanctions:
  count-for: {waning: 12mo, ban: for ever}
  stayed-by-appeal: [suspensions]
  grid:
    - rules: [threat-of-violense]
      first: mute 7d to warning
      second: ban
      further: removal
    - categories: [treat]
      severity: [grave]
      first: mute
      second: suspension 28d
    - first: warning
      second: warning
      further: mute 1d
    - severity: [low]
      first: warning
      second: nothing
      further: mute 1d
"""


def told(section: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse_policy((RULES + section).encode(), file="ours.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_every_mistake_in_the_deadlines_and_the_grid_is_told_at_once_with_its_line() -> None:
    starts = (
        "9: unknown key 'acknowlege'. Did you mean 'acknowledge'?",
        "10: `critical` cannot be 'one hour'. Write 24h, 28d, 10wd (working days) or 6mo.",
        "10: unknown key 'grave'. Use one of: critical, high, medium, low.",
        "11: `appeal-window` cannot be '6 months'. Write 28d, 10wd (working days) or 6mo.",
        "12: `most-paused` cannot be '2wd'. Write hours or days, such as 14d.",
        "14: 'for ever' is no span of time",
        "14: unknown sanction 'waning'. Did you mean 'warning'?",
        "15: unknown sanction 'suspensions'. Did you mean 'suspension'?",
        "17: row 1 of the grid: no rule of this file is called 'threat-of-violense'.",
        "18: row 1 of the grid: `first`: 'mute 7d to warning' begins with the heavier of the two",
        "21: row 2 of the grid: `further` is missing.",
        "21: row 2 of the grid: unknown category 'treat'. Did you mean 'threat'?",
        "22: row 2 of the grid: unknown severity 'grave'. Use one of: low, medium, high, critical.",
        "23: row 2 of the grid: `first` cannot be 'mute'.",
        "30: row 4 of the grid: `second` is milder than the time before it (warning).",
    )
    said = told(BAD)
    assert len(said) == len(starts), said
    for line, start in zip(said, starts, strict=True):
        assert line.startswith(f"ours.yaml:{start}"), line


def test_mistakes_that_only_the_meaning_shows_are_told_as_well() -> None:
    said = told(
        """\
sanctions:
  count-for: {waning: 12mo, ban: for ever}
  stayed-by-appeal: [suspensions]
  grid:
    - rules: [threat-of-violense]
      first: mute 7d to warning
      second: ban
      further: removal
    - first: warning
      second: nothing
      further: mute 1d
    - severity: [low]
      first: warning
      second: warning
      further: mute 9999d
"""
    )
    assert said == [
        "ours.yaml:9: 'for ever' is no span of time: write 24h, 28d, 10wd (working days) or 6mo, or ever.",
        "ours.yaml:9: unknown sanction 'waning'. Did you mean 'warning'? "
        "Use one of: warning, mute, suspension, removal, ban.",
        "ours.yaml:10: unknown sanction 'suspensions'. Did you mean 'suspension'? "
        "Use one of: warning, mute, suspension, removal, ban.",
        "ours.yaml:12: row 1 of the grid: no rule of this file is called 'threat-of-violense'. "
        "Did you mean 'threat-of-violence'? Use 'threat-of-violence'.",
        "ours.yaml:13: row 1 of the grid: `first`: 'mute 7d to warning' begins with the heavier of the two: "
        "write warning to mute 7d.",
        "ours.yaml:17: row 2 of the grid: `second` is milder than the time before it (warning). "
        "Make it as heavy or heavier.",
        "ours.yaml:22: row 3 of the grid: `further`: 'mute 9999d' is longer than 3650 days: write ban for what has no"
        " end.",
    ]


def test_a_row_that_the_rows_above_leave_nothing_to_is_a_mistake() -> None:
    row = "first: warning\n      second: warning\n      further: warning\n"
    said = told(f"sanctions:\n  grid:\n    - {row}    - severity: [low]\n      {row}")
    assert said == [
        "ours.yaml:13: row 2 of the grid: the rows above it cover all that it is for, so it never counts. "
        "Take it out, or move it up."
    ]


def test_what_is_left_out_keeps_its_default() -> None:
    policy = parse_policy((RULES + "clocks: {triage: {low: 10wd}, most-paused: 48h}\n").encode(), file="ours.yaml")
    assert policy.clocks.triage[Severity.LOW] == Span(10, Unit.WORKING_DAYS)
    assert policy.clocks.triage[Severity.CRITICAL] == Span(1, Unit.HOURS)
    assert policy.clocks.most_paused == timedelta(hours=48)
    assert policy.clocks.decide == ClockRules().decide
    assert policy.sanctions == SanctionRules()


def test_the_shipped_file_says_what_the_defaults_are_and_has_a_range_for_every_breach() -> None:
    policy = house_policy()
    assert policy.clocks == ClockRules()
    assert policy.sanctions.count_for == SanctionRules().count_for
    for category in Category:
        for severity in Severity:
            for earlier in range(4):
                found = policy.sanctions.range_for((), [category], severity, earlier)
                assert found is not None
    threat = policy.sanctions.range_for((), [Category.THREAT], Severity.CRITICAL, 0)
    assert threat == read_range("suspension 28d to ban")
    assert threat.heaviest == Measure(Sanction.BAN)


def test_the_sections_that_the_guide_shows_are_valid() -> None:
    guide = Path("docs/policy.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```yaml\n((?:clocks|sanctions):\n.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert len(shown) == 2
    for section in shown:
        parse_policy((RULES + section).encode(), file="docs/policy.md")
