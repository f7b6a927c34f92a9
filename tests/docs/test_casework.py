"""What docs/casework.md tells officers to type is what works, from the register to the appeal."""

import asyncio
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli_cases import app
from bot.clock import SystemClock
from bot.store.sqlite.store import open_store

PAGE = (Path(__file__).parents[2] / "docs" / "casework.md").read_text("utf-8")


def commands() -> list[list[str]]:
    """Give what the page types about its first case, in its order, for the year that it is."""
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
    year = shell.replace("C-2026-", f"C-{SystemClock().now().year}-")
    typed = [line for line in year.splitlines() if line.startswith("hustings cases ")]
    return [shlex.split(line, comments=True)[2:] for line in typed if not re.search(r"-0{5}[2-9]", line)]


def test_a_case_can_be_walked_by_typing_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    register = re.search(r"```yaml\n(officers:.*?)```", PAGE, re.DOTALL)
    assert register is not None
    Path("people.yaml").write_text(register[1], "utf-8")
    Path("hustings.yaml").write_text("casework:\n  people: people.yaml\n", "utf-8")
    Path("leaflet.pdf").write_bytes(b"a leaflet")

    async def make_record() -> None:
        async with open_store(Path("data"), SystemClock()):
            pass

    asyncio.run(make_record())
    typed = commands()
    assert {"report", "assign", "decide", "approve", "appeal", "decide-appeal"} <= {words[0] for words in typed}
    outputs = []
    for words in typed:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (words, result.output)
        outputs.append(result.output)
    assert any("is appeal-decided" in output for output in outputs)
