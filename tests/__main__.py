"""Run the checks in order: formatting and lint, types, import rules, and then the tests.

Arguments go on to pytest; `--fast` as the first one leaves out all that comes before the tests.
"""

import os
import subprocess
import sys

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format --check": ["-m", "ruff", "format", "--check", "."],
    "mypy --strict": ["-m", "mypy"],
    "lint-imports": ["-c", "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports())"],
}


def main(arguments: list[str]) -> None:
    """Run every check, then become pytest; stop before the tests where a check found something."""
    if arguments[:1] == ["--fast"]:
        arguments = arguments[1:]
    else:
        found = [name for name, command in CHECKS.items() if not _passes(name, command)]
        if found:
            sys.exit(f"Faults found by {', '.join(found)}, listed above; the tests were not run.")
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


def _passes(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    return subprocess.run([sys.executable, *command], check=False).returncode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
