"""Every setting is documented with its variable and its default, and every documented one exists."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings, load_settings
from bot.settings_sources import all_fields, section_of, variable
from tests.architecture.sources import REPOSITORY

PAGE = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = {
    setting: (environment, default, meaning)
    for setting, environment, default, meaning in re.findall(
        r"^\| `([\w.]+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE
    )
}
FIELDS = {".".join(path): (path, info) for path, info in all_fields(Settings)}
LEAVES = {name: (path, info) for name, (path, info) in FIELDS.items() if section_of(info) is None}


def test_the_documented_settings_are_those_there_are() -> None:
    assert set(ROWS) == set(LEAVES)


@pytest.mark.parametrize("name", LEAVES)
def test_a_setting_is_documented_by_its_variable_and_its_docstring(name: str) -> None:
    path, info = LEAVES[name]
    environment, default, meaning = ROWS[name]
    assert environment == variable(path)
    said = (info.description or "").split("; ")[0].rstrip(".")
    assert said
    assert meaning.replace("`", "").startswith(said.replace("`", "").split(" (")[0])
    assert (default == "needed") == info.is_required()


@pytest.mark.parametrize("name", sorted(set(FIELDS) - set(LEAVES)))
def test_a_section_says_what_it_is_for(name: str) -> None:
    assert FIELDS[name][1].description
    assert f"`{name}` is the section" in PAGE


def test_the_example_file_is_good_but_for_its_tokens(tmp_path: Path) -> None:
    file = tmp_path / "hustings.yaml"
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file.write_text(example, encoding="utf-8")
    tokens = {"DISCORD_TOKEN": "t", "SLACK_BOT_TOKEN": "xoxb-t", "SLACK_APP_TOKEN": "xapp-t"}
    assert load_settings(file, tokens).discord
