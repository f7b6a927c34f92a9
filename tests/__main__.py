"""Run the checks in order: formatting and lint, types, import rules, and then the tests.

Arguments go on to pytest. As the first one, `--fast` leaves out all that comes before the tests, and
`--only-checks` leaves out the tests. `--ml` first installs what training needs, and then runs its tests too.
"""

import importlib.util
import os
import subprocess
import sys

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format --check": ["-m", "ruff", "format", "--check", "."],
    "mypy --strict": ["-m", "mypy"],
    "lint-imports": ["-c", "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports(no_logo=True))"],
}


def main(arguments: list[str]) -> None:
    """Run every check, then become pytest; stop before the tests where a check found something."""
    first = arguments[:1]
    if first != ["--fast"]:
        found = [name for name in CHECKS if not passes(name)]
        if found:
            sys.exit(f"Faults found by {', '.join(found)}, listed above; the tests were not run.")
    if first == ["--only-checks"]:
        sys.exit(0)
    if first == ["--ml"]:
        install = [sys.executable, "-m", "pip", "install", "-q", "-c", "constraints.txt", "-e", ".[dev,ml]"]
        if subprocess.run(install, check=False).returncode:
            sys.exit("What training needs could not be installed (the `ml` extra, torch among it); see above.")
    elif importlib.util.find_spec("torch") is None:
        print("== left out: the tests of training, which need torch (./hustings test --ml)", flush=True)
    if first in (["--fast"], ["--ml"]):
        arguments = arguments[1:]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


def passes(name: str) -> bool:
    """Run one check in this folder and say whether it found nothing."""
    print(f"== {name}", flush=True)
    return subprocess.run([sys.executable, *CHECKS[name]], check=False).returncode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
