"""A pack is a bag, as other programs understand it."""

import subprocess
from pathlib import Path

import bagit
import pytest

from bot.evidence.packs.bag import bag
from tests.fakes.packs import whole, written

PAYLOAD = [("b.txt", (b"b",)), ("a/2.bin", (b"\x00", b"\xff")), ("a-1.txt", ()), ("a/1.txt", (b"on", b"e\n"))]


def test_a_bag_is_valid_for_the_library_of_congress(tmp_path: Path) -> None:
    opened = bagit.Bag(str(written(whole(bag(PAYLOAD, {"External-Identifier": "pack-1"})), tmp_path)))
    opened.validate()
    assert opened.version_info == (1, 0)
    assert opened.info["Payload-Oxum"] == "7.4"


def test_sha256sum_reads_both_lists(tmp_path: Path) -> None:
    written(whole(bag(PAYLOAD, {})), tmp_path)
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--strict", "-c", name], cwd=tmp_path, check=True, capture_output=True)


def test_a_changed_bag_is_not_valid(tmp_path: Path) -> None:
    written(whole(bag(PAYLOAD, {})), tmp_path)
    (tmp_path / "data" / "b.txt").write_bytes(b"c")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path)).validate()


@pytest.mark.parametrize("name", ["../out", "a b", "a//b", ".hidden", "a\nb", "/root"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        whole(bag([(name, ())], {}))


def test_a_value_cannot_add_a_line_to_the_description() -> None:
    assert b"\nEvil:" not in whole(bag([], {"External-Description": "a\nEvil: b"}))["bag-info.txt"]


def test_what_was_not_written_to_its_end_is_not_listed() -> None:
    files = bag([("a", (b"1", b"2")), ("b", (b"3",))], {})
    _, content = next(files)
    next(iter(content))
    with pytest.raises(ValueError, match="not read to its end"):
        next(files)


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="a second file has it"):
        whole(bag([("a", (b"1",)), ("a", (b"2",))], {}))
