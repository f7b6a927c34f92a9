"""A copy of the tiny project with the real wrapper in it, and the machine it is started on."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = [
    "sh",
    "cat",
    "cksum",
    "dirname",
    "readlink",
    "mkdir",
    "touch",
    "rm",
    "rmdir",
    "tail",
    "grep",
    "tr",
    "env",
]


def base_python() -> str:
    """Name the interpreter that stands behind the virtual environment the tests run in."""
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout of the tiny project, and the commands that its machine has."""

    root: Path
    commands: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def venv(self) -> Path:
        """Say where the wrapper makes its environment."""
        return self.root / ".venv"

    @property
    def builds(self) -> int:
        """Count how often the project was built, which is how often it was installed."""
        notes = Path(self.environment["TINY_NOTES"])
        return len(notes.read_text().splitlines()) if notes.exists() else 0

    def has_command(self, name: str, script: str) -> None:
        """Put a command on the machine, written as the body of a POSIX sh script."""
        path = self.commands / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def has_python(self, name: str = "python3", *, venv: str = "without pip", pip: bool = True) -> None:
        """Put a Python on the machine whose venv is `complete`, `without pip` or `missing`."""
        refused = {
            "complete": "",
            "without pip": '*"-m venv /"*) exit 1 ;;',
            "missing": '*"-m venv"*) exit 1 ;;',
        }
        no_pip = "" if pip else '"-c import pip") exit 1 ;;'
        self.has_command(name, f'case "$*" in {no_pip} {refused[venv]} esac\nexec "{base_python()}" "$@"')

    def lacks(self, name: str) -> None:
        """Take a command off the machine."""
        (self.commands / name).unlink()

    def process(self, *arguments: str, command: list[str] | None = None, **extra: Any) -> subprocess.Popen[str]:
        """Start the wrapper in a process group of its own, so that it can be killed with all it started."""
        environment: dict[str, str] = self.environment | extra.pop("environment", {})
        return subprocess.Popen(
            [*(command or [str(self.root / "hustings")]), *arguments],
            env={"PATH": str(self.commands)} | environment,
            stdin=extra.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=extra.pop("stderr", subprocess.PIPE),
            text=True,
            start_new_session=True,
            **extra,
        )

    def start(self, *arguments: str, input_text: str = "", **extra: Any) -> "Started":
        """Start the wrapper and wait for its end."""
        process = self.process(*arguments, stdin=subprocess.PIPE, **extra)
        out, err = process.communicate(input_text, timeout=120)
        return Started(process.returncode, out, err)


@dataclass(frozen=True, slots=True)
class Started:
    """How a start went."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> dict[str, Any]:
        """Read the one line of JSON that the tiny command prints; anything beside it is an error."""
        assert self.status in (0, 7), self.err
        answer: dict[str, Any] = json.loads(self.out)
        return answer


def make_checkout(folder: Path) -> Checkout:
    """Copy the tiny project and the real wrapper into a folder whose name has a space in it."""
    root = folder / "a checkout"
    shutil.copytree(Path(__file__).parent / "tiny", root, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "hustings", root)
    commands = folder / "commands"
    commands.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"{tool} is needed to try the wrapper"
        (commands / tool).symlink_to(found)
    wheels = folder / "wheels"
    wheels.mkdir()
    _write_wheel(wheels / "tiny_checks-1.0-py3-none-any.whl")
    environment = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
    }
    environment |= {"PIP_FIND_LINKS": str(wheels), "TINY_NOTES": str(folder / "builds.txt")}
    checkout = Checkout(root, commands, environment)
    checkout.has_python()
    return checkout


def _write_wheel(path: Path) -> None:
    """Write the one package that the tiny project's checks need and its command does not."""
    info = "tiny_checks-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny_checks.py", '"""Nothing but its name."""')
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-checks\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*wheel.namelist(), f"{info}/RECORD"]))
