"""The wheel holds all that the command needs, and nothing else."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, REPOSITORY, kept_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the tools at hand, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into an empty folder."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_every_file_of_the_three_packages_is_in_the_wheel_and_no_other(wheel: Path) -> None:
    kept = {path.relative_to(REPOSITORY).as_posix() for path in kept_files()}
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == {name for name in kept if name.split("/")[0] in PACKAGES}


def test_the_wheel_brings_the_licence(wheel: Path) -> None:
    licences = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("licenses/LICENSE")]
    assert len(licences) == 1


def test_the_wheel_and_the_source_archive_bring_the_notices_of_the_words_from_elsewhere(
    wheel: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    with zipfile.ZipFile(wheel) as built, tarfile.open(next(tmp_path.glob("*.tar.gz"))) as source:
        beside = built.read("policies/text/NOTICE").decode("utf-8")
        licences = [name for name in built.namelist() if name.endswith("licenses/policies/text/NOTICE")]
        archived = [name for name in source.getnames() if name.endswith("/policies/text/NOTICE")]
    assert len(licences) == len(archived) == 1
    for owner in ("2018-2021 Tyler Barrus", "2017 Derek Anderson", "The above copyright notice and this permission"):
        assert owner in beside


def test_the_command_runs_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    checked = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            "import bot; print(bot.__file__); import bot.cli; bot.cli.main()",
            "policy",
            "check",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    assert Path(checked.stdout.splitlines()[0]).is_relative_to(installed)
