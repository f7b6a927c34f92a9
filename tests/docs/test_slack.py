"""The Slack guide says what the adapter does and what the manifest asks for."""

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.slack_adapter.commands import HELP
from tests.architecture.sources import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "slack.md").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = YAML(typ="safe").load(REPOSITORY / "docs" / "slack-manifest.yaml")
ADAPTER = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "bot" / "slack_adapter").glob("*.py"))


def test_every_verb_is_in_the_guide_with_who_may_use_it() -> None:
    lines = re.findall(r"^(/hustings .*?) - (.*)$", HELP, re.MULTILINE)
    assert len(lines) == 13
    for verb, does in lines:
        row = next(row for row in GUIDE.splitlines() if row.startswith(f"| `{verb}` |"))
        assert row.endswith("| moderators |") == does.endswith("(moderators)"), verb


def test_every_scope_of_the_manifest_is_explained_and_no_other() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    table = GUIDE.partition("| scope | for |\n|---|---|\n")[2].partition("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines()]
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    assert named == set(scopes["bot"]) | set(scopes["user"])


@pytest.mark.parametrize("sentence", re.findall(r"^\| (`[A-Zt].*?`) \|", GUIDE.partition("## When something")[2], re.M))
def test_what_the_log_is_said_to_say_is_what_it_says(sentence: str) -> None:
    for part in re.findall(r"`([^`]+)`", sentence):
        assert part in ADAPTER
