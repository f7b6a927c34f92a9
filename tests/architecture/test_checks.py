"""What `./hustings test` runs before the tests, tried with stand-ins for the tools."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import REPOSITORY

STAND_IN = """
import os, sys
name = {name!r} + " " + " ".join(sys.argv[1:])
print("ran", name.strip(), flush=True)
if os.environ.get("FAULT") == {name!r}:
    sys.exit({status})
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Make a folder in which the tools are stand-ins that say what they were given."""
    for name, status in (("ruff", 1), ("mypy", 1), ("pytest", 5), ("pip", 1), ("torch", 1)):
        (tmp_path / f"{name}.py").write_text(STAND_IN.format(name=name, status=status))
    for name in ("onnx", "safetensors", "transformers"):
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "importlinter").mkdir()
    (tmp_path / "importlinter" / "__init__.py").touch()
    (tmp_path / "importlinter" / "cli.py").write_text(
        "def lint_imports(no_logo):\n    print('ran lint-imports', flush=True)\n    return 0\n"
    )
    (tmp_path / "tests").mkdir()
    for name in ("__init__.py", "__main__.py"):
        (tmp_path / "tests" / name).write_text((REPOSITORY / "tests" / name).read_text())
    return tmp_path


def test_all_checks_come_before_the_tests_and_the_rest_goes_to_pytest(tools: Path) -> None:
    ran = _run(tools, "-k", "two words")
    assert ran.returncode == 0
    assert _names(ran) == ["ruff check .", "ruff format --check .", "mypy", "lint-imports", "pytest -k two words"]


def test_fast_leaves_the_checks_out(tools: Path) -> None:
    assert _names(_run(tools, "--fast", "tests/policies")) == ["pytest tests/policies"]


def test_the_checks_can_be_run_alone(tools: Path) -> None:
    assert "pytest" not in " ".join(_names(_run(tools, "--only-checks")))


def test_a_fault_is_named_after_all_checks_ran_and_stops_the_tests(tools: Path) -> None:
    ran = _run(tools, fault="ruff")
    assert ran.returncode == 1
    assert _names(ran) == ["ruff check .", "ruff format --check .", "mypy", "lint-imports"]
    assert "Faults found by ruff check, ruff format --check" in ran.stderr


def test_what_needs_torch_is_said_to_be_left_out(tools: Path) -> None:
    for arguments in ((), ("--fast",)):
        assert "left out: the tests of training and of Detoxify, which need torch" in _run(tools, *arguments).stdout


def test_ml_installs_its_extra_and_runs_what_needs_it_and_no_more(tools: Path) -> None:
    ran = _run(tools, "--ml", "-x")
    assert ran.returncode == 0
    assert _names(ran) == [
        "pip install -q -c constraints.txt -e .[dev,ml]",
        "torch",
        "pytest -m ml and not full -x",
    ]


@pytest.mark.parametrize("fault", ["pip", "torch"])
def test_ml_ends_with_a_sentence_where_torch_cannot_be_had(tools: Path, fault: str) -> None:
    ran = _run(tools, "--ml", fault=fault)
    assert ran.returncode == 1
    assert "pytest" not in " ".join(_names(ran))
    assert "could not be installed, so the tests of training and of Detoxify were not run" in ran.stderr


def test_no_test_found_is_no_success(tools: Path) -> None:
    assert _run(tools, fault="pytest").returncode == 5


def _run(folder: Path, *arguments: str, fault: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests", *arguments],
        cwd=folder,
        env={"FAULT": fault},
        check=False,
        capture_output=True,
        text=True,
    )


def _names(ran: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.removeprefix("ran ") for line in ran.stdout.splitlines() if line.startswith("ran ")]
