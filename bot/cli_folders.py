"""Where commands find the record and the key files, and what the settings say of both, whatever else they lack."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from bot.evidence.words import Role
from bot.settings import FILE, EvidenceSettings, Settings, problems_in, read_person
from bot.settings_casework import CaseworkSettings
from bot.settings_sources import Sources, read_sources
from bot.store.sqlite.stewardship import Refused, Steward
from bot.store.sqlite.store import FILE as RECORD
from policies.casework.duties import NEVER_WITH, Duty, may
from policies.casework.load import RegisterError, load_register
from policies.casework.register import PeopleRegister
from policies.casework.words import Office

Data = Annotated[Path | None, typer.Option("--data", help="The bot's data folder; else the one in the settings.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", help="The folder of the key files; else the settings', or in the data folder.")
]


_DEMO = Path("demo-data")


def record_folder(data: Path | None) -> Path:
    """Give the folder of a record that is there: the one named, or else the settings'; say where others may be."""
    folder = data or data_folder()
    if not _is_there(folder / RECORD):
        where = "Is this the bot's data folder?"
        if data is None:
            demo = (
                f" The demo's record is shown with --data {_DEMO}."
                if _is_there(_DEMO / RECORD)
                else f" The bot makes one when it first runs; to try things out, `hustings demo` makes one in {_DEMO}."
            )
            where = f"Run this in the folder of the bot's {FILE}, or name the bot's data folder with --data.{demo}"
        stop(f"There is no record at {folder / RECORD}. {where}", 2)
    return folder


def as_named(data: Path | None, keys: Path | None) -> str:
    """Give the options that name the same folders again, for a command that somebody else is to type."""
    named = (("--data", data), ("--keys", keys))
    return "".join(f" {option} {quote(str(folder))}" for option, folder in named if folder is not None)


def data_folder() -> Path:
    """Give the data folder that the settings name, whatever else is missing in them."""
    named = setting("data")
    return Path(named) if named else Settings.model_fields["data"].default


def key_folder(data: Path | None, keys: Path | None) -> Path | None:
    """Give the folder of the key files; nothing where it is the usual one in the data folder.

    The settings speak of their own data folder alone: whoever names another one names its keys as well.
    """
    return keys or (evidence_settings().keys if data is None or data == data_folder() else None)


def setting(name: str) -> str:
    """Give one setting that is a text, whatever else is missing; empty if nobody set it."""
    sources = _read()
    named = sources.environment.get(name) or sources.file.get(name) or ""
    if not isinstance(named, str):
        what, file, line = sources.place((name,))
        stop(f"{file}:{line}: {what} is one text, and not a list or a section.", 2)
    return named


def evidence_settings() -> EvidenceSettings:
    """Give what the settings say of evidence; mistakes in it end the command, each with a sentence."""
    sources = _read()
    said = {**sources.file.get("evidence", {}), **sources.environment.get("evidence", {})}
    try:
        return EvidenceSettings.model_validate(said)
    except ValidationError as error:
        stop("\n".join(map(str, problems_in(error, sources, above=("evidence",)))), 2)


def casework_settings() -> CaseworkSettings:
    """Give what the settings say of casework; mistakes in it end the command, each with a sentence."""
    sources = _read()
    said = {**sources.file.get("casework", {}), **sources.environment.get("casework", {})}
    try:
        return CaseworkSettings.model_validate(said)
    except ValidationError as error:
        stop("\n".join(map(str, problems_in(error, sources, above=("casework",)))), 2)


def register_named() -> PeopleRegister | None:
    """Give the register of officers that the settings name; nothing if they name none."""
    path = casework_settings().people
    if path is None:
        return None
    try:
        return load_register(path)
    except RegisterError as error:
        stop(str(error), 2)


def stop(sentence: str, status: int) -> NoReturn:
    """End the command with a sentence on standard error."""
    typer.echo(sentence, err=True)
    raise typer.Exit(status)


def cannot(error: OSError) -> str:
    """Say what the operating system did not let a command do; whoever reads only the first lines is told nothing."""
    if isinstance(error, BrokenPipeError):
        with suppress(OSError, ValueError):  # What was not written yet would fail once more at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1)
    return (
        f"{error.filename}: {error.strerror}. Check the name and the rights."
        if error.filename
        else f"{error.strerror or error}."
    )


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        stop(cannot(error), 2)


def _read() -> Sources:
    """Read the settings; a file that is no settings ends the command, for it may say who acts and on what."""
    sources = read_sources(Settings, Path(FILE), os.environ, must_exist=False)
    if sources.misread:
        stop("\n".join(map(str, sources.misread)), 2)
    return sources


def steward(name: str) -> Steward:
    """Give who acts: where the settings list people, one of them, in their role, whatever name they go by."""
    register = register_named()
    if register is not None and register.officers:
        return _officer(name, register)
    people = [read_person(line) for line in evidence_settings().people]
    for names, role in people:
        if name in names:
            return Steward(names[0], Role(role), listed=True)
    if people:
        raise Refused(
            f"{name} is not one of the people of the settings (evidence.people). Say who you are with --by, or have"
            " yourself added with a role."
        )
    return Steward(name)


_NO_TEXT = "sees no text of members. Ask an officer who may, or leave out --unmask."


def reader(name: str, but: str = _NO_TEXT) -> Steward:
    """Give who is about to read: where there is a register, an officer whose office lets them; else whoever it is."""
    register = register_named()
    if register is None or not register.officers:
        return Steward(name)
    officer = register.officer_at_shell(name)
    offices = () if officer is None else tuple(one for one in sorted(officer.offices) if may(one, Duty.VIEW))
    if officer is None or not offices:
        why = "is none of the officers of the register (casework.people)" if officer is None else "runs the server"
        raise Refused(f"{name} {why}, and {but}")
    return Steward(officer.id, Role(offices[0].value), listed=True)


def _officer(said: str, register: PeopleRegister) -> Steward:
    """Give an officer in the office in which they act: `name:office` says which, where they hold several."""
    name, _, office = said.partition(":")
    officer = register.officer_at_shell(name)
    if officer is None:
        raise Refused(
            f"{name} is none of the officers of the register (casework.people). Say who you are with --by, or have"
            " yourself added with an office."
        )
    held = sorted(one.value for one in officer.offices)
    if not office and len(held) > 1:
        raise Refused(f"{name} holds several offices. Say in which you act, such as --by {name}:{held[0]}.")
    if office and office not in held:
        raise Refused(f"{name} is not {office}. The register says: {', '.join(held)}.")
    acting = Office(office or held[0])
    if not may(acting, Duty.ASK):
        why = NEVER_WITH.get(acting, "that office asks for nothing")
        raise Refused(f"{name} is {acting.value}, and {why}. Somebody in another office has to do this.")
    return Steward(officer.id, Role(acting.value), listed=True)
