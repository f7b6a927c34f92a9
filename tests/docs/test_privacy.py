"""The privacy papers say what the software does: every stored field, every time limit, every number."""

import inspect
import re
from datetime import timedelta

import pytest

from bot.cli_evidence import backup
from bot.evidence.attachments import LARGEST
from bot.evidence.words import Sealed
from bot.settings import Settings
from bot.store.sqlite.holds import LONGEST_HOLD
from bot.store.sqlite.retention import Schedule
from handlers.enforcement import LONGEST_MUTE
from policies.surroundings import MOST
from tests.architecture.sources import REPOSITORY

PAPERS = REPOSITORY / "docs" / "privacy"
DPIA, POLICY, RETENTION, NOTICE = (
    (PAPERS / name).read_text("utf-8") for name in ("dpia.md", "policy-document.md", "retention.md", "notice.md")
)


def test_every_field_that_is_stored_is_in_the_inventory_and_no_other() -> None:
    table = DPIA.partition("| kept as |")[2].partition("\n\n")[0]
    named = {
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }
    assert named == {field.value for field in Sealed}


def test_the_days_are_those_of_the_schedule() -> None:
    schedule = Schedule()
    for option, days in (
        ("unactioned", schedule.unactioned),
        ("dismissed", schedule.dismissed),
        ("upheld", schedule.upheld),
        ("keep-keys", inspect.signature(backup).parameters["keep_keys"].default),
    ):
        assert f"| {days} days | `--{option}` |" in RETENTION
    assert f"within {LONGEST_HOLD.days} days" in RETENTION
    assert (schedule.unactioned, schedule.dismissed, schedule.upheld) == (30, 365, 6 * 365)
    assert "30 days if nobody acted on it; a year if it was found to be fine; six years if it was upheld" in flat(
        NOTICE
    )


def test_the_numbers_are_those_of_the_software() -> None:
    assert Settings.model_fields["context_messages"].default == MOST == 10
    assert "up to ten messages before and ten after" in flat(NOTICE)
    assert "ten messages before and ten after" in DPIA
    assert timedelta(hours=24) == LONGEST_MUTE
    assert "24 hours at most" in flat(NOTICE)
    assert LARGEST == 8 << 20
    assert "8 MiB" in DPIA


@pytest.mark.parametrize("paper", [DPIA, POLICY, RETENTION, NOTICE], ids=["dpia", "policy", "retention", "notice"])
def test_a_paper_leaves_to_the_organisation_what_only_it_can_know(paper: str) -> None:
    assert len(re.findall(r"\[[^\]]+\](?!\()", paper)) >= 5


def flat(text: str) -> str:
    return " ".join(text.replace("\n>", " ").split())
