"""The container image, as far as it can be told without an engine to build it."""

import fnmatch
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, REPOSITORY, kept_files

LINTER = shutil.which("hadolint", path=str(Path(sys.executable).parent))


def _instructions() -> list[tuple[str, str]]:
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    return [tuple(line.split(maxsplit=1)) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]  # two parts each


def _arguments(name: str) -> list[str]:
    return [rest for instruction, rest in _instructions() if instruction == name]


def _ignored(name: str) -> bool:
    """Whether .dockerignore keeps a file out of the build; its last matching line decides."""
    ignored = False
    for line in (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if line and not line.startswith("#") and any(fnmatch.fnmatch(part, pattern) for part in _parts(name)):
            ignored = not line.startswith("!")
    return ignored


def _parts(name: str) -> list[str]:
    path = Path(name)
    return [name, path.name, *(str(parent) for parent in path.parents), *path.parts]


@pytest.mark.skipif(LINTER is None, reason="hadolint has no wheel for this machine")
def test_the_dockerfile_linter_finds_nothing() -> None:
    subprocess.run([str(LINTER), str(REPOSITORY / "Dockerfile")], check=True)


def test_the_base_image_is_named_to_its_version() -> None:
    assert [re.fullmatch(r"python:3\.\d+-slim-\w+", base) is not None for base in _arguments("FROM")] == [True]


def test_the_bot_does_not_run_as_root() -> None:
    last = _instructions().index(("USER", _arguments("USER")[-1]))
    assert _arguments("USER")[-1] not in {"root", "0"}
    assert "RUN" not in {name for name, _ in _instructions()[last:]}


def test_nothing_is_fetched_from_an_address_and_no_secret_is_baked_in() -> None:
    assert _arguments("ADD") == []
    named = " ".join(_arguments("ENV") + _arguments("ARG"))
    assert not re.search(r"(?i)token|secret|password|key", named)


def test_the_image_is_made_of_files_that_are_kept_and_holds_all_that_the_packages_need(tmp_path: Path) -> None:
    _copy_as_the_image_does(tmp_path)
    kept = {path.relative_to(REPOSITORY).as_posix() for path in kept_files()}
    copied = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert copied <= kept
    assert {name for name in kept if name.split("/")[0] in PACKAGES} <= copied


def test_the_image_starts_the_wrapper_and_asks_it_how_it_is() -> None:
    assert _arguments("ENTRYPOINT") == ['["/app/hustings"]']
    assert '"/app/hustings"' in _arguments("HEALTHCHECK")[0]


@pytest.mark.full
def test_what_the_image_is_made_of_installs_and_starts(tmp_path: Path) -> None:
    _copy_as_the_image_does(tmp_path)
    for command in _arguments("RUN"):
        if "./hustings" in command:
            subprocess.run(command, shell=True, cwd=tmp_path, check=True, capture_output=True)
    again = subprocess.run([tmp_path / "hustings", "policy", "check"], check=False, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert again.stderr == ""


def _copy_as_the_image_does(folder: Path) -> None:
    kept = [path.relative_to(REPOSITORY).as_posix() for path in kept_files()]
    for arguments in _arguments("COPY"):
        *sources, target = shlex.split(arguments)
        for source in sources:
            found = [name for name in kept if name == source or name.startswith(f"{source}/")]
            assert found, f"COPY {source}: no such file is kept"
            for name in (name for name in found if not _ignored(name)):
                inside = (
                    folder / target / name.removeprefix(source).strip("/") if name != source else folder / target / name
                )
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(REPOSITORY / name, inside)
