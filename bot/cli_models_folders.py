"""`hustings models list`, `fetch`, `use` and `export`: the folders that classifiers lie in."""

import os
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bot.classifiers.choice import ScorerName, open_folder
from bot.classifiers.detoxify import read_detoxify_facts
from bot.classifiers.detoxify_fetch import make_folder
from bot.classifiers.embedded import read_facts, shipped
from bot.classifiers.errors import ModelError
from bot.classifiers.files import FACTS, kind_of, verify
from bot.classifiers.training.rows import own_rows
from bot.classifiers.training.templates import DATA
from bot.classifiers.variants import VARIANTS, VariantName
from bot.settings import FILE, Settings, SettingsError
from bot.settings_sources import read_sources
from bot.settings_writing import set_in_file
from policies.lexicon_files import house_reader

MODELS = Path("models")
MOST_DRIFT = 0.02
"""Share of decisions that an export to int8 may change."""

_TRIED = "The branch meets on Thursday, and the minutes are on the noticeboard by the door."
_SAMPLES = 300
_SLOW = 0.05
"""Seconds a message from which on a busy evening outruns the model."""


def list_models(
    folder: Annotated[Path, typer.Option("--in", help="The folder in which the folders of models lie.")] = MODELS,
) -> None:
    """Show the classifiers that can be used here, whether their files are whole, and which one the settings name."""
    table = Table(box=None, pad_edge=False)
    for heading in ("scorer", "model", "size", "state"):
        table.add_column(heading)
    chosen, where = _in_settings()
    table.add_row("none", "the rules alone", "", _marked("ready", chosen == "none"))
    found = sorted(path.parent for path in folder.glob(f"*/{FACTS}"))
    if where is not None and where not in found:
        found.append(where)
    for one in (shipped(), *found):
        used = chosen == kind_of(one) and (where or shipped()) == one
        table.add_row(*_told(one, used=used))
    here = " ".join(str(cell) for cell in table.columns[1].cells)
    for variant in VARIANTS.values():
        if f"detoxify-{variant.name}/" not in here:
            table.add_row("detoxify", f"detoxify-{variant.name}", "", f"not here: hustings models fetch {variant.name}")
    Console(highlight=False).print(table)


def fetch(
    variant: Annotated[VariantName, typer.Argument(help="Which of Detoxify's models.")],
    *,
    to: Annotated[Path | None, typer.Option(help="The folder to make; else models/detoxify-VARIANT.")] = None,
    given: Annotated[
        Path | None, typer.Option("--from", help="A folder with the files, where there is no network.")
    ] = None,
    mirror: Annotated[
        str, typer.Option(help="An address below which files of the same names lie, in place of the public ones.")
    ] = "",
    sha256: Annotated[
        str, typer.Option("--sha256", help="The whole SHA-256 that the checkpoint must have, if you know it.")
    ] = "",
) -> None:
    """Fetch one of Detoxify's models by its pinned address and hash, and make of it a folder that the bot opens.

    What broke off is gone on from. The checkpoint is a pickle: it is converted in a process of its own that
    takes tensors and plain values alone, and is then taken away.
    """
    if sha256 and (len(sha256) != 64 or set(sha256.lower()) - set("0123456789abcdef")):
        _stop("--sha256 takes the whole hash: 64 digits from 0 to f.")
    out = to or MODELS / f"detoxify-{variant.value}"
    try:
        facts = make_folder(VARIANTS[variant], out, given=given, mirror=mirror, sha256=sha256, tell=typer.echo)
    except ModelError as error:
        _stop(str(error))
    typer.echo(f"{facts.known_as} is in {out}. Use it: hustings models use {out}")
    typer.echo(f"Faster, and without torch: hustings models export {out} {out}-int8")


def use(
    choice: Annotated[str, typer.Argument(help="`embedded`, `none`, or the folder of a model.")],
    settings: Annotated[Path, typer.Option(help="The settings file to write the choice into.")] = Path(FILE),
) -> None:
    """Try whether a classifier loads and answers, and write it into the settings."""
    folder: Path | None = None
    if choice in (ScorerName.NONE, ScorerName.EMBEDDED):
        name = ScorerName(choice)
    else:
        folder = Path(choice)
        if not folder.is_dir():
            _stop(f"{folder} is neither a folder nor `embedded` or `none`. `hustings models list` shows what is here.")
        name = ScorerName(kind_of(folder))
    if name is not ScorerName.NONE:
        _try(folder or shipped())
    try:
        set_in_file(settings, {"scorer": name.value, "scorer_folder": str(folder) if folder else None})
    except SettingsError as error:
        _stop(str(error))
    typer.echo(f"{settings}: scorer is {name.value}" + (f", scorer_folder {folder}" if folder else "") + ".")
    typer.echo("A bot that is running takes it up when it is started again.")
    sources = read_sources(Settings, settings, os.environ, must_exist=True)
    for setting in (("scorer",), ("scorer_folder",)):
        if setting in sources.variables:
            typer.echo(f"{sources.variables[setting]} is set in the environment and goes before the file.", err=True)


def export(
    folder: Annotated[Path, typer.Argument(help="The folder of a Detoxify model, as `fetch` made it.")],
    out: Annotated[Path, typer.Argument(help="The folder for the exported model.")],
    most_drift: Annotated[
        float, typer.Option(help="The share of decisions that int8 may change on the messages it is tried on.")
    ] = MOST_DRIFT,
) -> None:
    """Export a Detoxify model to ONNX in int8, which needs no torch; refused where it changes too many decisions."""
    try:
        from bot.classifiers.detoxify_export import export_folder  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        _stop(f"Exporting needs the `ml` extra, and {error.name} is missing. Run: pip install -e '.[ml]'")
    rows = [row.text for file in sorted(DATA.glob("*.tsv")) for row in own_rows(file)]
    texts = rows[:: max(1, len(rows) // _SAMPLES)]
    try:
        facts = export_folder(folder, out, texts, undo=house_reader().undone, most=most_drift, tell=typer.echo)
    except ModelError as error:
        _stop(str(error))
    typer.echo(f"{facts.known_as} is in {out}. Use it: hustings models use {out}")


def _try(folder: Path) -> None:
    try:
        model = open_folder(folder, house_reader().undone)
        model.score([_TRIED])
        before = time.perf_counter()
        model.score([_TRIED])
    except ModelError as error:
        _stop(f"{error} The settings were left as they are.")
    took = time.perf_counter() - before
    typer.echo(f"{model.name} loads and answers: {took * 1e3:.0f} ms for a message of 16 words.")
    if took > _SLOW:
        typer.echo("That is slow for a busy server: what it does not answer in time is decided by the rules alone.")


def _told(folder: Path, *, used: bool) -> tuple[str, str, str, str]:
    kind = kind_of(folder)
    name = str(folder) if folder != shipped() else ""
    try:
        facts = read_detoxify_facts(folder) if kind == ScorerName.DETOXIFY else read_facts(folder)
        for file, digest in facts.sha256.items():
            verify(folder / file, digest)
    except ModelError as error:
        return kind, name, "", f"unusable: {error}"
    size = sum(path.stat().st_size for path in folder.iterdir() if path.suffix in (".onnx", ".safetensors"))
    shown = f"{facts.known_as} in {name}" if name else facts.known_as
    return kind, shown, f"{size / 1e6:.1f} MB", _marked("ready, hashes right", used)


def _marked(state: str, used: bool) -> str:
    return f"{state}, in use" if used else state


def _in_settings() -> tuple[str, Path | None]:
    sources = read_sources(Settings, Path(FILE), os.environ, must_exist=False)
    said = {**sources.file, **sources.environment}
    folder = said.get("scorer_folder")
    return str(said.get("scorer", "embedded")), Path(folder) if isinstance(folder, str) else None


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
