"""Changing a setting in the file leaves everything else in it as it was, or says why it could not."""

from pathlib import Path

import pytest

from bot.settings import SettingsError
from bot.settings_writing import set_in_file

WRITTEN = """\
# Ours; ask Ada before you change it.
organisation: the standards team   # and not the office
mode: 'observe'
scorer: embedded
discord:
  server: "123456789012345678"
  moderators: ["123456789012345680"] # Ada
"""


def test_comments_quotes_and_order_stay(tmp_path: Path) -> None:
    file = tmp_path / "hustings.yaml"
    file.write_text(WRITTEN, "utf-8")
    set_in_file(file, {"scorer": "detoxify", "scorer_folder": "models/detoxify-unbiased"})
    assert file.read_text("utf-8") == (
        WRITTEN.replace("scorer: embedded", "scorer: detoxify") + "scorer_folder: models/detoxify-unbiased\n"
    )
    set_in_file(file, {"scorer": "embedded", "scorer_folder": None})
    assert file.read_text("utf-8") == WRITTEN


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    set_in_file(tmp_path / "hustings.yaml", {"scorer": "none", "scorer_folder": None})
    assert (tmp_path / "hustings.yaml").read_text("utf-8") == "scorer: none\n"


def test_the_rights_of_the_file_stay_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "hustings.yaml"
    file.write_text(WRITTEN, "utf-8")
    file.chmod(0o600)
    set_in_file(file, {"scorer": "none"})
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("broken", ["a: [", "- one\n- two\n", "a: 1\na: 2\n"])
def test_a_file_that_is_no_settings_is_left_alone(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "hustings.yaml"
    file.write_text(broken, "utf-8")
    with pytest.raises(SettingsError, match=r"hustings\.yaml"):
        set_in_file(file, {"scorer": "none"})
    assert file.read_text("utf-8") == broken
