"""A pack is a bag, as other programs understand it."""

import subprocess
from pathlib import Path

import bagit
import pytest

from bot.evidence.packs.bag import bag
from tests.fakes.packs import written

PAYLOAD = {"b.txt": b"b", "a/2.bin": b"\x00\xff", "a-1.txt": b"", "a/1.txt": b"one\n"}


def test_a_bag_is_valid_for_the_library_of_congress(tmp_path: Path) -> None:
    opened = bagit.Bag(str(written(bag(PAYLOAD, {"External-Identifier": "pack-1"}), tmp_path)))
    opened.validate()
    assert opened.version_info == (1, 0)
    assert opened.info["Payload-Oxum"] == "7.4"


def test_sha256sum_reads_both_lists(tmp_path: Path) -> None:
    written(bag(PAYLOAD, {}), tmp_path)
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--strict", "-c", name], cwd=tmp_path, check=True, capture_output=True)


def test_a_changed_bag_is_not_valid(tmp_path: Path) -> None:
    written(bag(PAYLOAD, {}), tmp_path)
    (tmp_path / "data" / "b.txt").write_bytes(b"c")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path)).validate()


@pytest.mark.parametrize("name", ["../out", "a b", "a//b", ".hidden", "a\nb", "/root"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        bag({name: b""}, {})


def test_a_value_cannot_add_a_line_to_the_description() -> None:
    assert b"\nEvil:" not in bag({}, {"External-Description": "a\nEvil: b"})["bag-info.txt"]
