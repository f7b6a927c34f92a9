"""What the shipped patterns need, kept beside the code as Python keeps its bytecode: a second start reads it back."""

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib import resources
from pathlib import Path

from policies.anchors import Rows, sorted_by_reach
from policies.forms import Form

_NAME = "anchors.json"
_WORKED_OUT_BY = (
    "anchors.py",
    "chains.py",
    "common_words.py",
    "forms.py",
    "kept_rows.py",
    "needs.py",
    "pattern_syntax.py",
)
"""The files that decide what patterns need; what another version of them kept is not used."""


def kept_rows(forms: Sequence[Form], folder: Path) -> Rows:
    """Give what patterns need: as kept in the folder where it is of these very patterns, else worked out and kept.

    A folder that cannot be written to keeps nothing. Who can write there can change the code as well, so
    that what is kept deserves as much trust.
    """
    mark = _mark(forms)
    kept = _read(folder / _NAME, mark)
    if kept is not None:
        return kept
    rows = sorted_by_reach([form.parts for form in forms])
    _write(folder, mark, rows)
    return rows


def _mark(forms: Sequence[Form]) -> str:
    digest = sha256()
    for name in _WORKED_OUT_BY:
        digest.update(resources.files("policies").joinpath(name).read_bytes())
    for form in forms:
        digest.update(form.encode() + b"\0")
    return digest.hexdigest()


def _read(file: Path, mark: str) -> Rows | None:
    try:
        kept = json.loads(file.read_bytes())
        if kept["mark"] != mark:
            return None
        return Rows(
            patterns=tuple(kept["patterns"]),
            around=tuple((back, ahead) for back, ahead in kept["around"]),
            counts=tuple(kept["counts"]),
            given=(int(kept["given"][0], 16), int(kept["given"][1], 16)),
            alike=(int(kept["alike"][0], 16), int(kept["alike"][1], 16)),
            always=tuple(kept["always"]),
            by_literal=kept["by_literal"],
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write(folder: Path, mark: str, rows: Rows) -> None:
    told = {
        "mark": mark,
        "patterns": rows.patterns,
        "around": rows.around,
        "counts": rows.counts,
        "given": [f"{bits:x}" for bits in rows.given],
        "alike": [f"{bits:x}" for bits in rows.alike],
        "always": rows.always,
        "by_literal": rows.by_literal,
    }
    unfinished = folder / f"{_NAME}.{mark[:8]}"
    try:
        folder.mkdir(exist_ok=True)
        unfinished.write_text(json.dumps(told), encoding="utf-8")
        unfinished.replace(folder / _NAME)
    except OSError:
        return
