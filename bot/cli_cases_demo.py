"""`hustings cases demo`: a made-up case, walked from its report to the decision on its appeal."""

import asyncio
import json
import sys
import textwrap
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot.casework_walk import Scene, Walk
from policies.casework.statements import moment

_WIDTH = 100


def add_demo(app: typer.Typer) -> None:
    """Add the command that walks a made-up case."""
    app.command()(demo)


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON Lines for machines.")] = False,
) -> None:
    """Walk a made-up case from the report to the decision on its appeal, and print every letter as its reader has it.

    The record is a real one in a folder that is deleted afterwards.
    """
    asyncio.run(_walk(as_json))


async def _walk(as_json: bool) -> None:
    with TemporaryDirectory(prefix="hustings-cases-") as folder:
        # Closed by name: a reader that goes away must not leave the record open, whose threads would wait for ever.
        async with aclosing(Walk(Path(folder)).scenes()) as scenes:
            async for scene in scenes:
                sys.stdout.write(_line(scene) if as_json else _shown(scene))


def _line(scene: Scene) -> str:
    said = {"at": scene.at.isoformat(), "what": scene.what, "reader": scene.reader, "letter": scene.letter}
    return json.dumps({**said, "statement": scene.statement}, ensure_ascii=False) + "\n"


def _shown(scene: Scene) -> str:
    lines = [textwrap.fill(f"{moment(scene.at)}  {scene.what}", _WIDTH, subsequent_indent="  ")]
    if scene.letter:
        title, *paragraphs = scene.letter.split("\n\n")
        lines += [f"  ┌─ {scene.reader} reads:", *_inside(title)]
        for paragraph in paragraphs:
            lines += ["  │", *_inside(paragraph)]
        lines.append("  └─")
    if scene.statement is not None:
        written = json.dumps(scene.statement, indent=2, ensure_ascii=False)
        lines += [f"  {line}" for line in written.splitlines()]
    return "\n".join(lines) + "\n\n"


def _inside(text: str) -> list[str]:
    return [f"  │ {line}" for line in textwrap.wrap(text, _WIDTH - 4)]
