"""Run the checks in order: formatting and lint, types, import rules, and then the tests.

Arguments go on to pytest, and where none of them names a test it runs them in a process to a core, at most four.
As the first one, `--fast` leaves out all that comes before the tests, and
`--only-checks` leaves out the tests. `--ml` installs what training and Detoxify need, torch among it, and runs
the tests that need it and nothing else.
"""

import os
import subprocess
import sys

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format --check": ["-m", "ruff", "format", "--check", "."],
    "mypy --strict": ["-m", "mypy"],
    "lint-imports": ["-c", "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports(no_logo=True))"],
}
LEFT_OUT = "== left out: the tests of training and of Detoxify, which need torch (./hustings test --ml)"
INSTALL = ["-m", "pip", "install", "-q", "-c", "constraints.txt", "-e", ".[dev,ml]"]
MOST_PROCESSES = 4
NEEDED = ["-c", "import onnx, safetensors, torch, transformers"]


def main(arguments: list[str]) -> None:
    """Run every check, then become pytest; stop before the tests where a check found something."""
    first, rest = arguments[:1], arguments[1:]
    if first == ["--ml"]:
        install()
        become_pytest(["-m", "ml and not full", *rest])
    if first != ["--fast"]:
        found = [name for name in CHECKS if not passes(name)]
        if found:
            sys.exit(f"Faults found by {', '.join(found)}, listed above; the tests were not run.")
    if first == ["--only-checks"]:
        sys.exit(0)
    print(LEFT_OUT, flush=True)
    become_pytest(rest if first == ["--fast"] else arguments)


def install() -> None:
    """Bring the `ml` extra into this environment; end where that cannot be done, for then nothing would be tested."""
    print("== installing the `ml` extra (torch's CPU build, where pip is told of it)", flush=True)
    for step in (INSTALL, NEEDED):
        if subprocess.run([sys.executable, *step], check=False).returncode:
            sys.exit(
                "The `ml` extra, torch among it, could not be installed, so the tests of training and of Detoxify were "
                "not run; what pip said stands above. Tell pip where torch's CPU build lies (PIP_EXTRA_INDEX_URL or "
                "PIP_FIND_LINKS), and run this again."
            )


def become_pytest(arguments: list[str]) -> None:
    """Put pytest in the place of this process."""
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *shared_out(arguments), *arguments])


def shared_out(arguments: list[str]) -> list[str]:
    """Give what has pytest share the tests out, file by file; nothing where the arguments say which tests or how."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    if processes == 1 or not all(argument.startswith("--") for argument in arguments):
        return []
    return ["-n", str(processes), "--dist", "loadfile"]


def passes(name: str) -> bool:
    """Run one check in this folder and say whether it found nothing."""
    print(f"== {name}", flush=True)
    return subprocess.run([sys.executable, *CHECKS[name]], check=False).returncode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
