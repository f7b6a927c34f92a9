"""What a killed process left of a pack is removed by the next one, and what somebody still writes is left alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.evidence.packs.bag import bag
from bot.pack_drafts import FOLDER, clear_left, noted
from bot.pack_files import NotWritten, write_folder

_WRITING = """
import os, signal, sys
from pathlib import Path
from bot.evidence.packs.bag import bag
from bot.pack_drafts import noted
from bot.pack_files import write_folder, write_zip
write, data, to, then = globals()[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
def files():
    yield "a", (b"the words in the clear",)
    if then == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    print("writing", flush=True)
    sys.stdin.read()
with noted(data, to):
    write(to, bag(files(), {}))
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a data folder."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Give a folder for packs."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def killed(data: Path, to: Path, write: str = "write_folder") -> None:
    done = subprocess.run([sys.executable, "-c", _WRITING, write, str(data), str(to), "die"], check=False)
    assert done.returncode == -9


@pytest.mark.parametrize("write", ["write_folder", "write_zip"])
def test_what_a_killed_process_left_is_removed_with_a_sentence(data: Path, out: Path, write: str) -> None:
    killed(data, out / "pack", write)
    assert [path.name for path in out.iterdir()] == [".pack.draft"]
    draft = out / ".pack.draft"
    assert [*clear_left(data)] == [f"{draft} was left of a pack that was interrupted. It is removed."]
    assert [*out.iterdir()] == []
    assert [*(data / FOLDER).iterdir()] == []
    assert [*clear_left(data)] == []


def test_what_somebody_still_writes_is_left_alone(data: Path, out: Path) -> None:
    to = out / "pack"
    command = [sys.executable, "-c", _WRITING, "write_folder", str(data), str(to), "wait"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"writing\n"
        assert [*clear_left(data)] == []
        assert (out / ".pack.draft/data/a").read_bytes() == b"the words in the clear"
        with pytest.raises(NotWritten, match="another pack is being written to pack"):
            write_folder(to, bag([("a", (b"1",))], {}))
        other.communicate()
    assert other.returncode == 0
    assert (to / "data/a").exists()
    assert [*(data / FOLDER).iterdir()] == []


def test_what_was_finished_or_removed_by_hand_is_told_of_no_more(data: Path, out: Path) -> None:
    killed(data, out / "pack")
    (out / ".pack.draft").rename(out / "pack")
    assert [*clear_left(data)] == []
    assert (out / "pack/data/a").exists()
    assert [*(data / FOLDER).iterdir()] == []


def test_a_draft_on_a_disk_that_is_away_is_told_of_until_it_is_back(data: Path, out: Path) -> None:
    killed(data, out / "pack")
    out.rename(out.with_name("away"))
    (said,) = clear_left(data)
    assert "its folder is not there now. Remove it." in said
    out.with_name("away").rename(out)
    assert [*clear_left(data)] == [f"{out / '.pack.draft'} was left of a pack that was interrupted. It is removed."]


def test_a_pack_that_fails_leaves_no_note(data: Path, out: Path) -> None:
    def failing() -> Iterator[tuple[str, tuple[bytes, ...]]]:
        yield "a", (b"1",)
        raise NotWritten("It was stopped.")

    with pytest.raises(NotWritten, match="It was stopped"), noted(data, out / "pack"):
        write_folder(out / "pack", bag(failing(), {}))
    assert [*(data / FOLDER).iterdir()] == []
