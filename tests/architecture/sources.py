"""The project's own files, as the other tests here read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "handlers", "policies")
_PASSED_OVER = {
    "__pycache__",
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".import_linter_cache",
}


def modules(*folders: str) -> Iterator[Path]:
    """Give the Python files in some folders of the repository."""
    for folder in folders:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Read a Python file into its syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, line: int = 0) -> str:
    """Name a file, or a line in it, as an editor can open it."""
    name = path.relative_to(REPOSITORY).as_posix()
    return f"{name}:{line}" if line else name


def kept_files() -> list[Path]:
    """List the files that are kept in the repository, or would be if they were added now.

    In a copy without git's records these are all files but those that tools leave behind.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    if listed.returncode == 0:
        named = [REPOSITORY / name for name in listed.stdout.splitlines()]
    else:
        named = [path for path in REPOSITORY.rglob("*") if not _PASSED_OVER & set(path.relative_to(REPOSITORY).parts)]
        named = [path for path in named if not path.relative_to(REPOSITORY).parts[0].startswith(".venv")]
    return sorted(path for path in named if path.is_file())
