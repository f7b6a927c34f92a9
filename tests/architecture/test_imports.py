"""Imports go one way, as the contracts in pyproject.toml say, and only the loaders touch the disk."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.__main__ import CHECKS
from tests.architecture.sources import REPOSITORY, modules, parsed, place

LOADERS = {
    "policies/casework/letters.py",
    "policies/casework/load.py",
    "policies/kept_rows.py",
    "policies/reading_yaml.py",
    "policies/load.py",
    "policies/text/dictionary.py",
    "policies/text/lookalikes.py",
    "policies/text/pictures.py",
}


def test_every_import_contract_is_kept() -> None:
    checked = _check_imports(REPOSITORY)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("policies/new.py", "import handlers"),
        ("policies/new.py", "import bot"),
        ("policies/new.py", "import asyncio"),
        ("policies/new.py", "import time"),
        ("policies/new.py", "from random import choice"),
        ("handlers/new.py", "import bot"),
        ("handlers/new.py", "import discord"),
        ("handlers/new.py", "import sqlite3"),
        ("bot/store/new.py", "import bot.discord_adapter"),
        ("bot/slack_adapter/new.py", "import bot.discord_adapter"),
        ("bot/store/new.py", "import bot.app"),
        ("bot/evidence/new.py", "import bot.store"),
        ("bot/evidence/new.py", "import sqlite3"),
        ("bot/evidence/new.py", "import logging"),
        ("bot/new.py", "import pymerkle"),
    ],
)
def test_a_forbidden_import_breaks_a_contract(tmp_path: Path, module: str, forbidden: str) -> None:
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    for package in (
        "bot",
        "bot/store",
        "bot/evidence",
        "bot/discord_adapter",
        "bot/slack_adapter",
        "handlers",
        "policies",
    ):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "bot" / "app.py").touch()
    assert _check_imports(tmp_path).returncode == 0
    (tmp_path / module).write_text(forbidden)
    broken = _check_imports(tmp_path)
    assert broken.returncode == 1
    assert "1 broken" in broken.stdout


def test_a_part_of_bot_imports_of_bot_only_itself_the_clock_and_downloads_and_the_store_the_evidence_core() -> None:
    strangers = [
        f"{place(path)}: {imported}"
        for path in modules("bot")
        if path.parent != REPOSITORY / "bot"
        for part in [f"bot.{path.relative_to(REPOSITORY / 'bot').parts[0]}"]
        for imported in _imports(path)
        if imported.startswith("bot.")
        and not f"{imported}.".startswith((f"{part}.", "bot.clock.", "bot.downloads."))
        and not (part == "bot.store" and f"{imported}.".startswith("bot.evidence."))
    ]
    assert strangers == []


def test_only_the_command_knows_the_app_and_itself() -> None:
    curious = [
        f"{place(path)}: {imported}"
        for path in modules("bot")
        if not place(path).startswith(("bot/cli", "bot/__main__"))
        for imported in _imports(path)
        if re.match(r"bot\.(app|cli\w*)\b", imported) and not place(path).startswith("bot/app")
    ]
    assert curious == []


def test_only_the_loaders_in_policies_open_files() -> None:
    opening = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
    openers = {
        place(path)
        for path in modules("policies")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in opening
    }
    assert openers <= LOADERS


def _imports(path: Path) -> Iterator[str]:
    """Give every module that a file imports, and every name it takes from one, with dots."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _check_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts as the checks do, on the packages in a folder and not on those installed."""
    return subprocess.run(
        [sys.executable, *CHECKS["lint-imports"]], cwd=folder, check=False, capture_output=True, text=True
    )
