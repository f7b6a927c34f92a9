"""`hustings models`: which classifiers there are, how good they are on labelled messages, and training one."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bot.classifiers.choice import Explained, open_folder
from bot.classifiers.embedded import shipped
from bot.classifiers.errors import ModelError
from bot.classifiers.training.evaluate import Judged, Share, between, judge, labelled
from bot.classifiers.training.rows import Row
from bot.cli_models_folders import export, fetch, list_models, use
from bot.cli_models_training import teach, train
from handlers.checking import Checker, StreamedMessage
from handlers.classify import worth_scoring
from policies.assess import Reader
from policies.decisions import Action
from policies.findings import LIKELY, Scores
from policies.lexicon_files import house_reader
from policies.load import house_policy

app = typer.Typer(no_args_is_help=True, add_completion=False, help="List, fetch, choose, judge and train classifiers.")
app.command("list")(list_models)
app.command()(fetch)
app.command()(use)
app.command()(export)
app.command()(teach)
app.command()(train)

ModelOption = Annotated[Path | None, typer.Option("--model", help="A model's folder; else the one that is shipped.")]
_MOST_TOLD = 5
_FEWEST_TO_CHOOSE_BY = 20
"""Messages of each sort below which one of them moves what is told by a twentieth and more."""
_STEPS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@app.command()
def evaluate(
    files: Annotated[
        list[Path],
        typer.Argument(help="Labelled messages, JSON Lines: `text`, `want` (abuse or ok), and what else is known."),
    ],
    model: ModelOption = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Add a row for each value of a field of the lines, such as category; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object for machines.")] = False,
) -> None:
    """Judge the model, the rules, and both together on labelled messages, with 95 % intervals."""
    reader = house_reader()
    opened = _opened(model, reader)
    read = {file.name: _rows(file, by or []) for file in files}
    told = {name: _judged_three_ways(rows, opened, reader) for name, (rows, _) in read.items()}
    _show_judged(told, opened.name, by, as_json=as_json)
    if not all(whole for _, whole in read.values()):
        raise typer.Exit(1)


def _show_judged(told: dict[str, dict[str, Judged]], model: str, by: Sequence[str] | None, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(
            json.dumps({file: {way: _values(j) for way, j in ways.items()} for file, ways in told.items()})
        )
        sys.stdout.write("\n")
        return
    console = Console(highlight=False)
    console.print(f"{model}, at its cut; what was flagged at all, by an alert or more\n")
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "judged by", "abuse caught", "else left alone", "ranking"):
        table.add_column(heading)
    for file, ways in told.items():
        for way, judged in ways.items():
            ranked = f"{judged.ranking:.3f}" if way == "model" and _has_both(judged) else ""
            caught = str(judged.caught) if judged.caught.asked else "nothing to catch"
            left_alone = str(judged.left_alone) if judged.left_alone.asked else "nothing to leave alone"
            table.add_row(file, way, caught, left_alone, ranked)
            for kind, share in judged.by_kind.items() if by and way == "both" else ():
                table.add_row("", f"  {kind}", str(share))
    console.print(table)
    console.print()
    for file, ways in told.items():
        both = ways["both"]
        f1 = f", macro F1 {both.macro_f1:.3f}" if _has_both(both) else ""
        console.print(f"{file}: both together judge {both.accuracy:.1%} rightly{f1}")


@app.command()
def calibrate(
    outcomes: Annotated[
        Path, typer.Argument(help="What your moderators decided, JSON Lines: `text` and `want` (abuse or ok).")
    ],
    model: ModelOption = None,
    alarms: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The share of ordinary messages that may be flagged.")
    ] = 0.02,
) -> None:
    """Show what each threshold of a score would catch and flag in your community, and propose one."""
    opened = _opened(model, house_reader())
    rows, whole = _rows(outcomes)
    scores = _scores(opened, [row.text for row in rows])
    label = _asked(opened)
    pairs = [
        (getattr(score, label) if score else 0.0, row.labels["abuse"] == 1.0)
        for score, row in zip(scores, rows, strict=True)
    ]
    bad, calm = [value for value, is_bad in pairs if is_bad], [value for value, is_bad in pairs if not is_bad]
    if not bad or not calm:
        _stop(f"{outcomes}: both abuse and other messages are needed to choose a threshold between them.")
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in (f"scores.{label} >", "abuse caught", "else flagged"):
        table.add_column(heading)
    for step in _STEPS:
        table.add_row(f"{step:.2f}", f"{_above(bad, step):.1%}", f"{_above(calm, step):.1%}")
    console.print(table)
    if min(len(bad), len(calm)) < _FEWEST_TO_CHOOSE_BY:
        console.print(
            f"\nOf {len(bad)} abusive and {len(calm)} other messages: too few to choose a threshold by. Label at least "
            f"{_FEWEST_TO_CHOOSE_BY} of each; until then the rule high-score had better keep the one it has."
        )
        raise typer.Exit(0 if whole else 1)
    cut = min(cut for cut in between([*calm, *bad]) if _above(calm, cut) <= alarms)
    console.print(
        f"\nOf {len(bad)} abusive and {len(calm)} other messages: with `scores.{label} > {cut:.6g}` in the rule "
        f"high-score, {_above(bad, cut):.1%} are caught and {_above(calm, cut):.1%} of the others flagged."
    )
    if len(calm) * alarms < 5:
        others = f"{len(calm)} other{'s say' if len(calm) > 1 else ' says'}"
        console.print(f"That rests on few messages: {others} little about a rate of {alarms:.1%}.")
    if not whole:
        raise typer.Exit(1)


def _judged_three_ways(rows: Sequence[Row], model: Explained, reader: Reader) -> dict[str, Judged]:
    scores = dict(zip((row.text for row in rows), _scores(model, [row.text for row in rows]), strict=True))
    policy = house_policy()
    rules = Checker(reader, policy)

    def score(texts: Sequence[str]) -> list[Scores | None]:
        for text in texts:
            if text not in scores:  # a sentence that is heard by itself
                scores.update({text: _scores(model, [text])[0]})
        return [scores[text] for text in texts]

    both = Checker(reader, policy, score=score, scorer=model.name)

    def flags(checker: Checker) -> list[Scores | None]:
        actions = [checker.check(StreamedMessage(id="1", text=row.text)).decision.action for row in rows]
        return [Scores(abuse=float(action is not Action.ALLOW)) for action in actions]

    shown = [_as_abuse(scores[row.text], model) if worth_scoring(row.text) else Scores() for row in rows]
    answers = {"rules": flags(rules), "model": shown, "both": flags(both)}
    return {way: judge(rows, partial(_given, given), cut=LIKELY) for way, given in answers.items()}


def _as_abuse(score: Scores | None, model: Explained) -> Scores | None:
    """Read a model without a head for abuse by its toxicity."""
    return score and replace(score, abuse=getattr(score, _asked(model)))


def _asked(model: Explained) -> str:
    return "abuse" if "abuse" in model.labels else "toxicity"


def _given(answers: list[Scores | None], _: Sequence[str]) -> list[Scores | None]:
    return answers


def _values(judged: Judged) -> dict[str, object]:
    shares = {"caught": judged.caught, "left_alone": judged.left_alone}
    return {
        "ranking": judged.ranking if _has_both(judged) else None,
        "accuracy": judged.accuracy,
        "macro_f1": judged.macro_f1 if _has_both(judged) else None,
        **{name: _share_values(share) for name, share in shares.items()},
        "by_kind": {kind: [share.right, share.asked] for kind, share in judged.by_kind.items()},
        "unread": judged.unread,
    }


def _has_both(judged: Judged) -> bool:
    """Whether there was abuse and something else, without which there is no telling one from the other."""
    return bool(judged.caught.asked and judged.left_alone.asked)


def _share_values(share: Share) -> dict[str, object]:
    low, high = (share.low, share.high) if share.asked else (None, None)
    return {"right": share.right, "asked": share.asked, "low": low, "high": high}


def _above(values: Sequence[float], step: float) -> float:
    return sum(value > step for value in values) / len(values)


def _scores(model: Explained, texts: Sequence[str]) -> list[Scores | None]:
    return [score for start in range(0, len(texts), 64) for score in model.score(texts[start : start + 64])]


def _opened(folder: Path | None, reader: Reader) -> Explained:
    try:
        return open_folder(folder or shipped(), reader.undone)
    except ModelError as error:
        _stop(str(error))


def _rows(file: Path, by: Sequence[str] = ()) -> tuple[list[Row], bool]:
    """Give the messages of a file, and whether all of its lines are some."""
    try:
        rows, wrong = labelled(file, by)
    except OSError as error:
        _stop(f"{file}: the file cannot be read: {error.strerror}. Check the name and the rights.")
    for sentence in wrong[:_MOST_TOLD]:
        typer.echo(f"{sentence} (left out)", err=True)
    if len(wrong) > _MOST_TOLD:
        typer.echo(f"{file}: {len(wrong) - _MOST_TOLD} more lines like these are left out", err=True)
    if not rows:
        _stop(f'{file}: there are no messages in it. Write one a line: {{"text": "hello", "want": "ok"}}')
    return rows, not wrong


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
