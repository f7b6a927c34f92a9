"""Rows and pages: whatever names, places and reasons hold, a terminal and a spreadsheet obey none of it."""

from dataclasses import fields, replace

import pytest

from bot.incident_rows import as_object, csv_line, csv_values, page, table_row
from policies.acts import Verb
from policies.assessments import Assessment
from policies.identifiers import ChannelId, IncidentId, MemberId, PlatformName
from policies.incidents import Incident, IncidentState, NewIncident
from tests.fakes import incidents as make

OBEYED = "\x1b[2J\x1b]8;;https://evil.example\x07\u202e"


def _incident() -> Incident:
    event = make.posted()
    event = replace(
        event,
        ref=replace(event.ref, channel=ChannelId(f"c{OBEYED}")),
        author=replace(event.author, id=MemberId(f"ann{OBEYED}"), name=f"Ann{OBEYED}"),
        channel_name=f"general{OBEYED}\nstate      upheld",
        link=f"https://chat.example/{OBEYED}",
    )
    new = make.incident(event=event)
    carried = {field.name: getattr(new, field.name) for field in fields(NewIncident) if field.name != "event_id"}
    name = IncidentId("I-2026-000001")
    act = make.act("press", Verb.UPHOLD, on=name, reason=f"no{OBEYED}\nstate      not-abuse\nwords said")
    act = replace(act, actor=replace(act.actor, name=f"Mod{OBEYED}\nstate      open"))
    return Incident(id=name, acts=(act,), state=IncidentState.UPHELD, version=1, **carried)


@pytest.mark.parametrize("unmask", [False, True])
def test_no_name_place_or_reason_is_obeyed_or_forges_a_line(unmask: bool) -> None:
    shown = list(page(_incident(), unmask=unmask))
    assert not any("\n" in line or "\x1b" in line or "\x07" in line or "\u202e" in line for line in shown)
    assert [line.split() for line in shown if line.startswith("state")] == [["state", "upheld"]]
    row = table_row(_incident(), unmask=unmask, width=0)
    assert "\x1b" not in row
    cells = "".join(csv_values(_incident(), unmask=unmask))
    assert "\x1b" not in cells
    assert "\u202e" not in cells


def test_a_reason_that_repeats_the_abuse_is_masked_unless_asked_otherwise() -> None:
    assert "words" not in " ".join(line for line in page(_incident(), unmask=False) if "Mod" in line)
    assert "words said" in " ".join(page(_incident(), unmask=True))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula_in_any_spreadsheet(sign: str) -> None:
    assert csv_line([f"{sign}cmd"]).lstrip('"').startswith("'")


def test_slacks_markup_is_shown_as_slack_shows_it_and_stays_in_json_as_it_was_delivered() -> None:
    raw = "ask <@U1ANN> &amp; <https://party.example/vote|vote here> &lt;now&gt; in <#C1|general>"
    new = make.incident(event=make.posted(text=raw, platform=PlatformName.SLACK))
    shared = {f.name: getattr(new, f.name) for f in fields(NewIncident) if f.name != "event_id"}
    kept = Incident(id=IncidentId("I-2026-000001"), **shared | {"assessment": Assessment()})
    shown = "ask @U1ANN & vote here (https://party.example/vote) <now> in #general"
    assert f"text       {shown}" in list(page(kept, unmask=True))
    assert shown in table_row(kept, unmask=False, width=0)
    assert as_object(kept, unmask=True)["text"] == raw


def test_what_discord_delivers_is_not_taken_for_slacks_markup() -> None:
    new = make.incident(event=make.posted(text="a &amp; b <@1>"))
    shared = {f.name: getattr(new, f.name) for f in fields(NewIncident) if f.name != "event_id"}
    kept = Incident(id=IncidentId("I-2026-000001"), **shared | {"assessment": Assessment()})
    assert "text       a &amp; b <@1>" in list(page(kept, unmask=True))
