"""`hustings demo`: a branch chat of both platforms, judged before your eyes."""

import asyncio
import os
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.classifiers.errors import ModelError
from bot.demo import Evening
from bot.demo_folder import make_afresh
from bot.demo_screen import Tally, as_object, complain, introduce, show, sum_up, summary
from bot.lines import written
from bot.own_folders import NotOursError
from bot.store.sqlite.connection import StoreUnusable
from policies.problems import PolicyError

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON Lines for machines, the summary last.")] = False,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Open no page. There is none yet, so this changes nothing.")
    ] = False,
    data: Annotated[Path, typer.Option(help="The folder for the demo's record; an empty or new one.")] = Path(
        "demo-data"
    ),
) -> None:
    """Play a made-up evening of a party branch through everything but a real platform, and show each verdict.

    The folder is made afresh at each start. The exit status is 1 if a verdict is not the one that the
    transcript expects.
    """
    try:
        make_afresh(data)
        tally = asyncio.run(_for_machines(data) if as_json else _on_screen(data))
    except (NotOursError, StoreUnusable, PolicyError, ModelError) as error:
        _stop(str(error), 2)
    except BrokenPipeError:
        # Whoever read this has gone; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    if tally.unexpected:
        _stop(complain(tally), 1)


async def _on_screen(folder: Path) -> Tally:
    console = Console(highlight=False)
    evening, tally = Evening(folder), Tally()
    introduce(console, evening.messages())
    progress = Progress(
        TextColumn("judged"),
        BarColumn(bar_width=None if console.width < 60 else 40),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with progress:
        task = progress.add_task("judged", total=evening.messages())
        async with aclosing(evening.play()) as parts:
            async for part in parts:
                show(console, part)
                tally.add(part)
                progress.update(task, completed=len(tally.scenes))
    sum_up(console, tally, evening.asked, folder, _command())
    return tally


async def _for_machines(folder: Path) -> Tally:
    evening, tally = Evening(folder), Tally()
    async with aclosing(evening.play()) as parts:
        async for part in parts:
            tally.add(part)
            sys.stdout.buffer.write(written(as_object(part)))
            sys.stdout.buffer.flush()
    sys.stdout.buffer.write(written(summary(tally, folder)))
    sys.stdout.buffer.flush()
    return tally


def _command() -> str:
    """Give the command as whoever reads it can type it here."""
    return "./hustings" if os.access("hustings", os.X_OK) and Path("hustings").is_file() else "hustings"


def _stop(sentence: str, status: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(status)
