"""Which rules were in force when is what two people agreed to, and not what a folder says since the bot began."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.case_decisions import policy_book
from bot.settings_casework import CaseworkSettings
from policies.casework.case import NotAllowed
from policies.casework.policy_book import ALWAYS, Edition
from policies.load import parse_policy
from policies.rules import Policy

BEGAN = datetime(2026, 6, 10, 12, tzinfo=UTC)
SECOND_AT = BEGAN + timedelta(days=30)
DAY = timedelta(days=1)


def text(version: int) -> bytes:
    return (
        f"policy: Channels\nversion: {version}\nrules:\n"
        '  - {id: any-finding, clause: "1 Be civil.", when: findings.size() > 0, then: [alert]}\n'
    ).encode()


def policy(version: int) -> Policy:
    return parse_policy(text(version), file="party.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the rules from before the bot."""
    (tmp_path / "2026-01-01.yaml").write_bytes(text(1))
    return tmp_path


def at(folder: Path, moment: datetime, *adopted: Edition) -> int:
    """Give the version that was in force at a moment."""
    found = adopted or (Edition(ALWAYS, policy(1)), Edition(SECOND_AT, policy(2)))
    return policy_book(CaseworkSettings(policies=folder), found[-1].policy, found, BEGAN).at(moment).version


@pytest.mark.parametrize("dated", ["2026-06-15", "2026-08-01", "2030-01-01"])
def test_a_file_that_nobody_agreed_to_judges_nothing_since_the_record_began(folder: Path, dated: str) -> None:
    (folder / f"{dated}.yaml").write_bytes(text(66))
    with capture_logs() as logs:
        versions = [at(folder, moment) for moment in (BEGAN + 7 * DAY, SECOND_AT + 90 * DAY)]
    assert versions == [1, 2]
    assert "policy.not-adopted" in {one["event"] for one in logs}


def test_a_file_dated_the_day_before_the_bot_began_does_not_push_out_what_it_began_with(folder: Path) -> None:
    (folder / "2026-06-09.yaml").write_bytes(text(66))
    assert at(folder, BEGAN + DAY) == 1


def test_what_two_people_agreed_to_counts_from_when_it_was_taken_up_and_not_from_the_date_of_a_file(
    folder: Path,
) -> None:
    (folder / "2026-02-01.yaml").write_bytes(text(2))
    assert [at(folder, moment) for moment in (BEGAN - 90 * DAY, SECOND_AT - DAY, SECOND_AT)] == [1, 1, 2]


def test_rules_that_were_taken_up_again_are_in_force_again(folder: Path) -> None:
    again = (Edition(ALWAYS, policy(1)), Edition(SECOND_AT, policy(2)), Edition(SECOND_AT + 9 * DAY, policy(1)))
    assert at(folder, SECOND_AT + 10 * DAY, *again) == 1
    assert policy_book(CaseworkSettings(policies=folder), policy(1), again, BEGAN).newest.version == 1


def test_what_the_folder_says_of_the_time_before_counts(folder: Path) -> None:
    (folder / "2025-01-01.yaml").write_bytes(text(7))
    assert at(folder, datetime(2025, 6, 1, tzinfo=UTC)) == 7
    with pytest.raises(NotAllowed, match="oldest rules on file"):
        at(folder, datetime(2024, 6, 1, tzinfo=UTC))
