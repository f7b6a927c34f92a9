"""What the wrapper does on machines that lack something, and after installs that went wrong."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.wrapper.checkout import Checkout, base_python, make_checkout

OLD_PYTHON = 'case "$1" in -V) echo Python 3.9.2 ;; -c) exit 1 ;; esac'


def test_a_complete_python_is_all_it_takes(checkout: Checkout) -> None:
    checkout.has_python(venv="complete")
    assert checkout.start("x").said["arguments"] == ["x"]
    assert "pip" in os.listdir(next((checkout.venv / "lib").glob("python*/site-packages")))


def test_without_ensurepip_the_pip_of_the_system_installs(checkout: Checkout) -> None:
    checkout.has_python(venv="without pip")
    assert checkout.start("x").said["arguments"] == ["x"]
    assert "pip" not in os.listdir(next((checkout.venv / "lib").glob("python*/site-packages")))


def test_without_venv_and_pip_virtualenv_serves(checkout: Checkout) -> None:
    checkout.has_python(venv="missing", pip=False)
    checkout.has_command("virtualenv", f'shift 2; exec "{base_python()}" -m venv "$@"')
    assert checkout.start("x").said["arguments"] == ["x"]


def test_without_venv_and_pip_uv_serves(checkout: Checkout) -> None:
    checkout.has_python(venv="missing", pip=False)
    made = f'"{base_python()}" -m venv --without-pip "$5"'
    filled = f'shift; "{base_python()}" -m pip --python "$VIRTUAL_ENV/bin/python" "$@"'
    checkout.has_command("uv", f'case "$1" in venv) {made} ;; pip) {filled} ;; esac')
    assert checkout.start("x").said["arguments"] == ["x"]
    assert checkout.start("x").err == ""


def test_where_nothing_makes_environments_the_one_line_to_run_is_printed(checkout: Checkout) -> None:
    checkout.has_python(venv="missing", pip=False)
    refused = checkout.start()
    assert refused.status == 1
    assert refused.out == ""
    assert "sudo apt install python3-venv" in refused.err
    checkout.has_python(venv="complete")
    assert checkout.start("x").said["arguments"] == ["x"]


@pytest.mark.parametrize("name", ["python3.13", "python3.11"])
def test_a_newer_python_beside_an_old_one_is_found(checkout: Checkout, name: str) -> None:
    checkout.has_command("python3", OLD_PYTHON)
    checkout.has_python(name)
    assert checkout.start("x").said["arguments"] == ["x"]


def test_a_python_may_be_named(checkout: Checkout) -> None:
    checkout.lacks("python3")
    named = {"HUSTINGS_PYTHON": base_python()}
    assert checkout.start("x", environment=named).said["arguments"] == ["x"]


@pytest.mark.parametrize(("python", "here"), [(OLD_PYTHON, "Python 3.9.2"), (None, "not found")])
def test_a_machine_without_python_3_11_is_told_so(checkout: Checkout, python: str | None, here: str) -> None:
    checkout.lacks("python3")
    if python is not None:
        checkout.has_command("python3", python)
    refused = checkout.start()
    assert refused.status == 1
    assert "Python 3.11 or newer is needed" in refused.err
    assert here in refused.err
    assert not checkout.venv.exists()


@pytest.mark.skipif(
    not any(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED")) or sys.version_info < (3, 11),
    reason="no Python on this machine is managed by the system",
)
def test_a_python_managed_by_the_system_is_left_alone(checkout: Checkout) -> None:
    managed = {"HUSTINGS_PYTHON": "/usr/bin/python3"}
    assert Path(checkout.start(environment=managed).said["python"]) == checkout.venv


def test_without_network_the_step_and_the_log_are_named_and_a_later_start_works(checkout: Checkout) -> None:
    refuses_all = {
        "PIP_NO_INDEX": "",
        "PIP_FIND_LINKS": "",
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_RETRIES": "0",
    }
    refused = checkout.start("test", environment=refuses_all)
    assert refused.status == 1
    assert refused.out == ""
    assert "Fetching Python packages needs the network" in refused.err
    assert f"The whole log is {checkout.root / '.venv.log'}" in refused.err
    assert "tiny-checks" in (checkout.root / ".venv.log").read_text()
    assert checkout.start("test").said["extra"] == "tiny_checks"


def test_an_update_that_cannot_be_fetched_leaves_the_old_environment_in_place(checkout: Checkout) -> None:
    checkout.start()
    (checkout.venv / "kept").touch()
    before = (checkout.root / "pyproject.toml").read_text()
    (checkout.root / "pyproject.toml").write_text(before + "# changed\n")
    assert checkout.start(environment={"TINY_FAILS": "1"}).status == 1
    assert checkout.start("x").said["arguments"] == ["x"]
    assert (checkout.venv / "kept").exists()


def test_a_terminal_shows_what_is_being_fetched(checkout: Checkout) -> None:
    ours, theirs = pty.openpty()
    process = checkout.process("test", stderr=theirs)
    os.close(theirs)
    shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert process.wait(timeout=300) == 0
    assert b"Installing collected packages: tiny-checks" in shown


def test_a_failed_build_shows_what_pip_said(checkout: Checkout) -> None:
    refused = checkout.start(environment={"TINY_FAILS": "1"})
    assert refused.status == 1
    assert "the tiny project was told to fail" in refused.err
    assert "needs the network" not in refused.err


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """A shell that starts the checks in the background has them, and all they start, ignore the interrupt."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_interrupts")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_start_after_a_broken_off_install_begins_anew(
    checkout: Checkout, tmp_path: Path, how: signal.Signals
) -> None:
    gate = Gate(tmp_path)
    process = checkout.process(environment=gate.environment)
    gate.wait_until_reached()
    (checkout.venv / "half").touch()
    os.killpg(process.pid, how)
    process.communicate(timeout=300)
    assert process.returncode != 0
    assert checkout.start("x").said["arguments"] == ["x"]
    assert not (checkout.venv / "half").exists()
    assert checkout.start("x").err == ""


def test_two_starts_at_once_install_once(checkout: Checkout, tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    first = checkout.process("first", environment=gate.environment)
    gate.wait_until_reached()
    second = checkout.process("second")
    assert second.stderr is not None
    assert "another start is installing; waiting for it" in second.stderr.readline()
    gate.open()
    assert '"first"' in first.communicate(timeout=300)[0]
    assert '"second"' in second.communicate(timeout=300)[0]
    assert checkout.builds == 1


def test_the_command_does_not_hold_the_lock(checkout: Checkout) -> None:
    (checkout.root / "bot" / "cli.py").write_text(
        "import sys\ndef main():\n    print('up', flush=True)\n    sys.stdin.read()\n"
    )
    runs = checkout.process("run", stdin=subprocess.PIPE)
    assert runs.stdout is not None
    assert runs.stdout.readline() == "up\n"
    with (checkout.root / "constraints.txt").open("a") as file:
        file.write("# changed\n")
    assert "waiting" not in checkout.start().err
    runs.communicate(timeout=300)


def test_a_folder_of_somebody_elses_in_its_place_is_refused_and_kept(checkout: Checkout) -> None:
    checkout.venv.mkdir()
    (checkout.venv / "holiday.txt").write_text("Llandudno")
    refused = checkout.start()
    assert refused.status == 1
    assert "holds something else" in refused.err
    assert (checkout.venv / "holiday.txt").read_text() == "Llandudno"


def test_an_environment_made_by_hand_is_used_and_kept(checkout: Checkout) -> None:
    subprocess.run([base_python(), "-m", "venv", "--without-pip", str(checkout.venv)], check=True)
    (checkout.venv / "kept").touch()
    assert checkout.start("x").said["arguments"] == ["x"]
    assert (checkout.venv / "kept").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.start()
    for python in (checkout.venv / "bin").glob("python*"):
        python.unlink()
        python.symlink_to("/nowhere/python3")
    assert checkout.start("x").said["arguments"] == ["x"]


def test_a_checkout_that_cannot_be_written_uses_the_cache_folder(open_folder: Path) -> None:
    checkout = make_checkout(open_folder)
    home = open_folder / "home"
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    for folder in (checkout.root, *(path for path in checkout.root.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    start: dict[str, Any] = {
        "environment": {"HOME": str(home), "TMPDIR": str(home), "TINY_NOTES": str(home / "builds.txt")}
    }
    if os.geteuid() == 0:  # The superuser may write anywhere, so somebody else starts it.
        if not _anybody_can_run(base_python()):
            if not _anybody_can_run("/usr/bin/python3"):
                pytest.skip("no Python on this machine is open to other accounts")
            start["environment"]["HUSTINGS_PYTHON"] = "/usr/bin/python3"
        start |= {"user": 65534, "group": 65534, "extra_groups": []}
    answer = checkout.start("x", cwd=home, **start)
    assert Path(answer.said["python"]).is_relative_to(home / ".cache" / "hustings")
    assert checkout.start("x", cwd=home, **start).err == ""


class Gate:
    """Hold an install up in the middle until the test lets it go on."""

    def __init__(self, folder: Path) -> None:
        """Make the two pipes that the tiny project's build reads and writes."""
        self._gate = folder / "gate"
        self._reached = folder / "gate.reached"
        os.mkfifo(self._gate)
        os.mkfifo(self._reached)
        self.environment = {"TINY_GATE": str(self._gate)}

    def wait_until_reached(self) -> None:
        """Return when the install stands at the gate."""
        assert self._reached.read_text() == "here"

    def open(self) -> None:
        """Let the install go on."""
        self._gate.write_text("go on")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other accounts can enter, as pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
    shutil.rmtree(folder)


def _anybody_can_run(python: str) -> bool:
    try:
        ended = subprocess.run(
            [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
            user=65534,
            check=False,
            cwd="/",
        )
    except OSError:
        return False
    return ended.returncode == 0


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1024)
    except OSError:  # Linux says so when the other end is closed.
        return b""
