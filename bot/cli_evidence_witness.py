"""`hustings evidence witness` and `cosign`: a second keeper's side, and the log's side, of cosigning checkpoints."""

import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_folders import Data, Keys, cannot, evidence_settings, key_folder, record_folder, stop
from bot.clock import SystemClock
from bot.evidence.cosignatures import WitnessPolicy
from bot.evidence.errors import EvidenceError
from bot.evidence.notes import Note, VerifierKey
from bot.evidence.witness import Refused, SplitView
from bot.evidence.witness_folder import KEY, WitnessFolder
from bot.store.sqlite.cosigned import Witnessing, keep_cosignatures
from bot.store.sqlite.store import open_record

Run = Callable[[Coroutine[Any, Any, None]], None]

app = typer.Typer(no_args_is_help=True, help="Keep watch over a log with a key of your own, on your own machine.")

Own = Annotated[Path, typer.Option("--keys", help="The witness's own folder.")]
Given = Annotated[Path, typer.Argument(help="The file; - reads standard input.")]


def policy() -> WitnessPolicy:
    """Give whose cosignatures count, and how many are needed."""
    settings = evidence_settings()
    return WitnessPolicy(tuple(map(VerifierKey.parse, settings.witnesses)), settings.quorum)


def read_given(path: Path) -> bytes:
    """Read a file, or standard input where it is a dash."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        stop(f"{path} cannot be read: {error.strerror or error}.", 2)


def read_note(path: Path) -> Note:
    """Read a checkpoint from a file, or from standard input where it is a dash."""
    try:
        return Note.parse(read_given(path))
    except EvidenceError as error:
        stop(f"{path} holds no checkpoint, as `hustings evidence checkpoint` prints one. {error}", 2)


def describe(found: Witnessing, needed: int) -> str:
    """Say who cosigned a checkpoint, who did not, and whether that is enough."""
    seen = ", ".join(f"{name} on {at:%Y-%m-%d %H:%M} UTC" for name, at in found.cosigned.seen_at.items())
    missing = f"; not by {', '.join(found.cosigned.missing)}" if found.cosigned.missing else ""
    word = "enough" if found.cosigned.enough else "NOT ENOUGH"
    count = (
        f"{len(found.cosigned.seen_at)} of the {needed} needed: {word}" if needed else "no number of them is required"
    )
    return f"The checkpoint of {found.size} records is cosigned by {seen or 'nobody'}{missing}; {count}."


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The name you sign under: no spaces, no plus signs.")],
    log: Annotated[str, typer.Argument(help="The log's public key: its line, or a file that holds it.")],
    keys: Own,
) -> None:
    """Make a witness's key, in a folder that the log's keeper has no hand on; prints the line to give them."""

    def work() -> None:
        if "+" not in log and not Path(log).exists():
            stop(f"{log} is neither the log's public key nor a file. `hustings evidence keys show` prints the key.", 2)
        line = log if "+" in log else Path(log).read_text("utf-8")
        # `keys show` says behind the key from which record on it counts.
        key = line.split()[0] if line.strip() else ""
        typer.echo(str(WitnessFolder(keys).make(name, VerifierKey.parse(key))))
        typer.echo("Give this line to the log's keeper for evidence.witnesses, and the folder to nobody.", err=True)

    _said(work)


@app.command()
def sign(offered: Given, keys: Own) -> None:
    """Cosign a checkpoint if it continues the last one you saw; prints it with your cosignature.

    Prints SPLIT VIEW with both notes, and ends with status 1, if the log signed two histories.
    """

    def work() -> None:
        answer = _own(keys).consider(read_given(offered), SystemClock().now())
        if isinstance(answer, SplitView):
            stop(f"{answer}\nBoth are kept in {keys}. Nothing was signed.", 1)
        if isinstance(answer, Refused):
            stop(f"Not signed. {answer.sentence}", 1)
        typer.echo(str(answer.note), nl=False)
        typer.echo(f"You have now seen {answer.checkpoint.size} records. Hand this back to the log's keeper.", err=True)

    _said(work)


@app.command()
def follow(statements: Given, keys: Own) -> None:
    """Follow the statements by which the log changed its signing key (`hustings evidence keys statements`)."""

    def work() -> None:
        typer.echo(f"The log signs with {_own(keys).follow(read_given(statements))}")

    _said(work)


def cosign(
    note: Annotated[Path, typer.Argument(help="The checkpoint that a witness handed back; - reads standard input.")],
    data: Data = None,
    keys: Keys = None,
) -> Coroutine[Any, Any, None]:
    """Keep a witness's cosignature beside the record; the settings say whose count (evidence.witnesses)."""
    folder = record_folder(data)

    async def work() -> None:
        wanted = policy()
        handed = read_note(note)
        async with open_record(folder, SystemClock(), key_folder(data, keys)) as record:
            kept = await record.reader.read(lambda db: keep_cosignatures(db, folder, record.keys, handed, wanted))
        typer.echo(describe(kept, wanted.quorum))

    return work()


def add_witnesses(to: typer.Typer, run: Run) -> None:
    """Put these commands beside the others."""

    @wraps(cosign)
    def ran(*arguments: Any, **options: Any) -> None:
        run(cosign(*arguments, **options))

    to.command()(ran)
    to.add_typer(app, name="witness")


def _own(keys: Path) -> WitnessFolder:
    """Give the witness's folder; one without a key ends the command with what to do."""
    if not (keys / KEY).exists():
        stop(f"{keys} holds no witness's key. `hustings evidence witness new` makes one there.", 2)
    return WitnessFolder(keys)


def _said(work: Callable[[], None]) -> None:
    """Run a witness's command; what can go wrong ends it with a sentence."""
    try:
        work()
    except (EvidenceError, UnicodeDecodeError) as error:
        stop(str(error), 2)
    except OSError as error:
        stop(cannot(error), 2)
