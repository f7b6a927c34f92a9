"""Changing a few settings in `hustings.yaml` and leaving everything else in it, comments too, as it stands."""

import io
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from bot.settings import SettingsError
from policies.problems import Problem


def set_in_file(path: Path, values: Mapping[str, str | None]) -> None:
    """Set top-level settings in a file, made if it is not there; None takes one out. Raises `SettingsError`."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        tree = yaml.load(text)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        what = f"the file cannot be read ({type(error).__name__}). `hustings policy check` reads the same form of file."
        raise SettingsError((Problem(str(path), 0, what),)) from None
    if tree is None:
        tree = CommentedMap()
    if not isinstance(tree, CommentedMap):
        what = "the file must hold settings, each as `name: value`. docs/settings.md lists them."
        raise SettingsError((Problem(str(path), 1, what),))
    for name, value in values.items():
        if value is None:
            tree.pop(name, None)
        else:
            tree[name] = value
    written = io.StringIO()
    yaml.dump(tree, written)
    try:
        _replaced(path, (text if not tree else written.getvalue()).encode())
    except OSError as error:
        what = f"the file cannot be written ({error.strerror}). Check its rights."
        raise SettingsError((Problem(str(path), 0, what),)) from None


def _replaced(path: Path, data: bytes) -> None:
    """Put new contents in the place of a file at once, with the rights that it has."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777 if path.exists() else 0o644)
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
