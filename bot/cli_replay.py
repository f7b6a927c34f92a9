"""`hustings replay`: an export of Slack or Discord through the pipeline, and what another policy would change."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.classifiers.choice import ScorerName
from bot.classifiers.errors import ModelError
from bot.classifiers.scorers import unhurried
from bot.cli_folders import setting
from bot.cli_policy_option import PolicyOption, chosen_policy
from bot.cli_scorer_option import ScorerFolder, ScorerOption, scorer_and_folder
from bot.clock import SystemClock
from bot.lines import written
from bot.own_folders import NotOursError, claim
from bot.replay import Judged, Record, nothing_kept, read_slack_message, replay
from bot.replay_adapter.exports import Export, open_export
from bot.replay_adapter.files import ExportError
from bot.replay_screen import Sum, as_object, show, sum_up, summary
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.store import open_store
from bot.verdicts import LEFT, counted, verdict_of
from policies.identifiers import PlatformName
from policies.lexicon_files import house_reader
from policies.rules import Policy

app = typer.Typer(add_completion=False)

MARKER = "replayed.txt"
_MARKED = (
    "The incidents in this folder were replayed from an export by `hustings replay`.\n"
    "Nothing was done on any platform, so this is no live bot's record.\n"
)


@app.command("replay")
def replay_export(
    export: Annotated[
        Path,
        typer.Argument(help="A Slack export (zip or folder), or DiscordChatExporter's JSON (file, folder or zip)."),
    ],
    *,
    policy: PolicyOption = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show only what the policy would change.")] = False,
    against: Annotated[
        Path | None,
        typer.Option(help="With --diff: the policy to compare with; else the one in the settings, or the house's."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON Lines for machines, the summary last.")] = False,
    scorer: ScorerOption = ScorerName.EMBEDDED,
    model: ScorerFolder = None,
    data: Annotated[Path | None, typer.Option(help="A folder of its own in which to keep the incidents.")] = None,
) -> None:
    """Run an export through the pipeline without touching anybody, and keep nothing unless asked.

    Shows the messages about which something would be done, masked. What cannot be read is told at the
    end, file by file, the rest is replayed, and the exit status is 1.
    """
    if diff and policy is None:
        _stop("--diff compares a draft with the policy in force. Name the draft with --policy.", 2)
    if against is not None and not diff:
        _stop("--against names the policy that --diff compares with. Add --diff, or leave it out.", 2)
    after = chosen_policy(policy)
    before = chosen_policy(against or _in_force()) if diff else None
    try:
        if data is not None:
            claim(data, marker=MARKER, words=_MARKED)
        with open_export(export, read_slack_message) as opened:
            asked = scorer_and_folder(scorer, model)
            total = asyncio.run(_play(opened, after, before, data, asked, as_json=as_json))
            problems = list(opened.reading.problems)
    except ExportError as error:
        _stop(str(error), 1)
    except (NotOursError, StoreUnusable, ModelError) as error:
        _stop(str(error), 2)
    except BrokenPipeError:
        # Whoever read this has gone; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    if total.not_kept:
        problems.append(f"{counted(total.not_kept, 'incident')} could not be kept. Is the disk of {data} full?")
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(1 if problems else 0)


async def _play(
    opened: Export,
    policy: Policy,
    before: Policy | None,
    data: Path | None,
    scorer: tuple[ScorerName, Path | None],
    *,
    as_json: bool,
) -> Sum:
    reader = house_reader()
    name, folder = scorer
    model = unhurried(name, reader.undone, folder)
    console = Console(highlight=False)
    total = Sum()
    async with _record(data) as record:
        judging = replay(opened, reader, policy, record=record, before=before, scorer=model)
        with _progress(console, hidden=as_json) as progress:
            task = progress.add_task("replay", total=opened.size, messages=0)
            async with aclosing(judging) as all_judged:
                async for judged in all_judged:
                    total.add(judged)
                    if total.messages % 100 == 0:
                        progress.update(task, completed=opened.reading.bytes_read, messages=f"{total.messages:,}")
                    if not _worth_showing(judged):
                        continue
                    if as_json:
                        _write(written(as_object(judged)))
                    else:
                        show(console, judged)
    if as_json:
        _write(written(summary(total, opened.reading, policy=policy, before=before)))
    else:
        sum_up(
            console,
            total,
            opened.reading,
            policy=policy,
            before=before,
            on_slack=opened.platform is PlatformName.SLACK,
            kept_in=str(data or ""),
        )
    return total


def _worth_showing(judged: Judged) -> bool:
    if judged.before is not None:
        return judged.changed
    return verdict_of(judged.decision) != (LEFT,)


@asynccontextmanager
async def _record(data: Path | None) -> AsyncIterator[Record]:
    if data is None:
        yield nothing_kept()
        return
    async with open_store(data, SystemClock()) as store:
        yield Record(store.evidence, store.incidents)


def _progress(console: Console, *, hidden: bool) -> Progress:
    return Progress(
        TextColumn("replayed {task.fields[messages]} messages"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=hidden or not console.is_terminal,
        transient=True,
    )


def _in_force() -> Path | None:
    """Give the policy file that the settings name, whatever is missing in them."""
    named = setting("policy")
    return Path(named) if named else None


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _stop(sentence: str, status: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(status)
