"""The demo's folder: known by its marker, made afresh at every start, and never taken from anybody else."""

import shutil
from importlib import resources
from importlib.resources.abc import Traversable
from io import StringIO
from pathlib import Path

from filelock import FileLock, Timeout
from ruamel.yaml import YAML

from bot.own_folders import NotOursError, claim, unusable
from bot.store.sqlite.store import LOCK, forget_record
from policies.decisions import Action
from policies.load import house_policy_bytes

MARKER = "made-by-hustings-demo.txt"
EXPORTS = "exports"
PEOPLE = "people.json"
POLICY = "policy.yaml"
MADE_STRICTER = "threat-of-violence"
"""The house rule to which the demo adds a mute, as the comment beside that rule offers."""

_MARKED = (
    "This folder was made by `hustings demo`, which makes it anew each time it is started.\n"
    "Everything in it is made up. It can be deleted.\n"
)


def make_afresh(folder: Path) -> None:
    """Fill a folder with the transcript and its policy; an earlier demo's record is deleted, nothing else is.

    Raises `NotOursError` for a folder that holds anything and was not made by the demo.
    """
    claim(folder, marker=MARKER, words=_MARKED)
    try:
        with FileLock(folder / LOCK, timeout=0):
            forget_record(folder)
            if (folder / EXPORTS).is_dir():
                shutil.rmtree(folder / EXPORTS)
            _copy(resources.files("bot.replay_adapter") / "demo", folder / EXPORTS)
            (folder / POLICY).write_text(_policy(), "utf-8")
    except Timeout:
        raise NotOursError(f"Another demo is running in {folder}. Let it end, or name another folder.") from None
    except OSError as error:
        raise NotOursError(unusable(folder, error)) from None


def _copy(source: Traversable, target: Path) -> None:
    target.mkdir()
    for entry in source.iterdir():
        if entry.is_dir():
            _copy(entry, target / entry.name)
        elif entry.name.endswith(".json"):
            (target / entry.name).write_bytes(entry.read_bytes())


def _policy() -> str:
    """Give the house policy with a mute added to one rule, under a name of its own, its comments as they are."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    policy = yaml.load(house_policy_bytes().decode("utf-8"))
    # Two different texts under one name and version could not be told apart in a record.
    policy["policy"] = f"{policy['policy']} (demo)"
    for rule in policy["rules"]:
        if rule["id"] == MADE_STRICTER:
            rule["then"].append(Action.MUTE.value)
    written = StringIO()
    yaml.dump(policy, written)
    return written.getvalue()
