"""Starting the wrapper: from anywhere, again, and after changes."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.wrapper.checkout import REPOSITORY, Checkout


def test_the_wrapper_can_be_read_at_a_sitting() -> None:
    assert len((REPOSITORY / "hustings").read_text().splitlines()) <= 80


SHELLCHECK = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck has no wheel for this machine")
def test_the_shell_linter_finds_nothing() -> None:
    scripts = [REPOSITORY / "hustings", REPOSITORY / ".ci" / "run"]
    subprocess.run([str(SHELLCHECK), *map(str, scripts)], check=True)


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_first_start_installs_and_hands_over_arguments_input_and_status(checkout: Checkout, shell: str) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"this machine has no {shell}")
    first = checkout.start(
        "check",
        "--read",
        "--fail",
        "two words",
        "",
        command=[found, str(checkout.root / "hustings")],
        input_text="a\nb",
    )
    assert first.status == 7
    assert first.said["arguments"] == ["check", "--read", "--fail", "two words", ""]
    assert first.said["input"] == "a\nb"
    assert Path(first.said["python"]) == checkout.venv
    assert "installing into" in first.err


def test_a_second_start_is_quick_and_silent_and_installs_nothing(installed: Checkout) -> None:
    began = time.monotonic()
    second = installed.start("demo")
    took = time.monotonic() - began
    assert second.said["arguments"] == ["demo"]
    assert second.err == ""
    assert installed.builds == 1
    assert took < 3


def test_a_start_from_another_folder_stays_in_that_folder(installed: Checkout, tmp_path: Path) -> None:
    assert installed.start(cwd=tmp_path).said["folder"] == str(tmp_path)


def test_a_chain_of_symbolic_links_leads_to_the_checkout(installed: Checkout, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "first").symlink_to(installed.root / "hustings")
    (tmp_path / "second").symlink_to("links/first")
    answer = installed.start("x", command=[str(tmp_path / "second")])
    assert Path(answer.said["python"]) == installed.venv
    assert answer.err == ""


def test_a_start_found_through_the_search_path_works(installed: Checkout, tmp_path: Path) -> None:
    (installed.commands / "hustings").symlink_to(installed.root / "hustings")
    assert installed.start("x", command=["sh", "-c", "hustings x"], cwd=tmp_path).said["arguments"] == ["x"]


def test_a_folder_called_bot_where_one_stands_does_not_take_the_place_of_ours(
    installed: Checkout, tmp_path: Path
) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit('the wrong bot')")
    assert installed.start("x", cwd=tmp_path).said["arguments"] == ["x"]


def test_changed_code_counts_without_a_new_install(checkout: Checkout) -> None:
    checkout.start()
    (checkout.root / "bot" / "cli.py").write_text("def main():\n    print('\"changed\"')\n")
    again = checkout.start()
    assert again.out == '"changed"\n'
    assert checkout.builds == 1


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed_into_the_same_environment(checkout: Checkout, name: str) -> None:
    checkout.start()
    (checkout.venv / "kept").touch()
    with (checkout.root / name).open("a") as file:
        file.write("\n# changed\n")
    assert "installing into" in checkout.start().err
    assert checkout.start().err == ""
    assert checkout.builds == 2
    assert (checkout.venv / "kept").exists()


def test_the_checks_get_their_extras_once_and_serve_the_command_too(checkout: Checkout) -> None:
    checkout.start("demo")
    checks = checkout.start("test", "--fast", "-k", "two words", cwd=checkout.root.parent)
    assert checks.said == {
        "checks": ["--fast", "-k", "two words"],
        "extra": "tiny_checks",
        "folder": str(checkout.root),
    }
    assert checkout.start("demo").err == ""
    assert checkout.start("test").err == ""
    assert checkout.builds == 2


def test_a_moved_checkout_makes_its_environment_anew(checkout: Checkout, tmp_path: Path) -> None:
    checkout.start()
    moved = Checkout(checkout.root.rename(tmp_path / "moved"), checkout.commands, checkout.environment)
    assert Path(moved.start().said["python"]) == moved.venv
    assert moved.start().err == ""


def test_an_environment_may_be_kept_elsewhere(checkout: Checkout, tmp_path: Path) -> None:
    elsewhere = {"HUSTINGS_VENV": "else where"}
    answer = checkout.start(environment=elsewhere, cwd=tmp_path)
    assert Path(answer.said["python"]) == tmp_path / "else where"
    assert checkout.start(environment=elsewhere, cwd=tmp_path).err == ""
    assert not checkout.venv.exists()
