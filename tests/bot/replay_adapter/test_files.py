"""Folders, zips and files as people have them: moved, cut off, hostile, or something else altogether."""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from bot.replay_adapter import salvage as salvaging
from bot.replay_adapter.files import ExportError, open_files
from policies.identifiers import PlatformName
from tests.bot.replay_adapter.exported import (
    channel,
    dumped,
    folder,
    message,
    platform_of,
    read,
    said,
    slack_files,
    texts,
    zipped,
)

DAYS = {f"general/2024-05-0{day}": [said(f"171455520{day}.000100", f"day {day}")] for day in range(1, 6)}
FILES = slack_files(DAYS)


@pytest.mark.parametrize("prefix", ["", "Branch Slack export May 2024/"], ids=["bare", "in-a-folder"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_a_zip_and_the_folder_it_unpacks_to_tell_the_same(tmp_path: Path, prefix: str, method: int) -> None:
    files = {f"{prefix}{name}": content for name, content in FILES.items()}
    assert texts(zipped(tmp_path / "export.zip", files, method=method)) == texts(folder(tmp_path / "export", files))


def test_what_systems_add_to_zips_is_no_part_of_the_export(tmp_path: Path) -> None:
    added = {"__MACOSX/general/2024-05-01.json": b"x", "general/._2024-05-01.json": b"x", ".DS_Store": b"x"}
    assert len(texts(zipped(tmp_path / "export.zip", FILES | added))) == 5


def test_names_that_lead_out_of_a_zip_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    hostile = ["../../general/2024-05-01.json", "/general/2024-05-02.json", "C:\\general\\2024-05-03.json"]
    events, problems, _ = read(zipped(tmp_path / "export.zip", FILES | dict.fromkeys(hostile, b"[]")))
    assert len(events) == 5
    assert len(problems) == 3
    assert all("outside the export" in problem for problem in problems)


def test_a_link_that_leads_out_of_a_folder_is_told_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("[]")
    export = folder(tmp_path / "export", FILES)
    (export / "general" / "2024-05-06.json").symlink_to(tmp_path / "secret.json")
    events, problems, _ = read(export)
    assert len(events) == 5
    assert problems == ["general/2024-05-06.json is a link that leads out of the folder, so it was passed over."]


def test_a_zip_that_would_fill_the_disk_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salvaging, "BOMB_SIZE", 1_000_000)
    path = zipped(tmp_path / "export.zip", FILES | {"general/2024-05-06.json": b" " * 20_000_000})
    with pytest.raises(ExportError, match="far more than an export can hold"), open_files(path):
        pass


def test_one_file_of_a_zip_that_unpacks_to_too_much_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salvaging, "BOMB_SIZE", 1_000_000)
    incompressible = {"media/photo.bin": random.Random(1).randbytes(100_000)}
    bomb = {"general/2024-05-06.json": b" " * 2_000_000}
    events, problems, _ = read(zipped(tmp_path / "export.zip", FILES | incompressible | bomb))
    assert len(events) == 5
    assert [problem for problem in problems if "no chat does" in problem] == problems
    assert len(problems) == 1


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("streamed", [False, True], ids=["sizes-first", "sizes-after"])
def test_of_a_zip_cut_off_somewhere_all_before_the_cut_is_read(tmp_path: Path, share: float, streamed: bool) -> None:
    many = slack_files(
        {f"general/2024-05-{day:02}": [said(f"17145552{day:02}.000100", f"day {day}")] * 3 for day in range(1, 29)}
    )
    whole = streamed_zip(many) if streamed else zipped(tmp_path / "whole.zip", many).read_bytes()
    path = tmp_path / "export.zip"
    path.write_bytes(whole[: int(len(whole) * share)])
    events, problems, _ = read(path)
    assert len(events) >= 3 * 28 * (share - 0.25)
    assert "was cut off, or its end is damaged" in problems[0]
    assert "Download it again" in problems[0]


def test_a_zip_with_damage_in_the_middle_loses_what_is_damaged_alone(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", FILES)
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("general/2024-05-03.json")
    place = entry.header_offset + 30 + len(entry.filename) + 20
    whole[place : place + 40] = b"\xff" * 40
    path.write_bytes(whole)
    events, problems, _ = read(path)
    assert len(events) == 4
    assert problems == ["general/2024-05-03.json: the zip is damaged there; nothing of it could be replayed."]


def test_a_file_behind_a_password_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", FILES)
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("general/2024-05-03.json")
    whole[entry.header_offset + 6] |= 1
    central = whole.index(b"general/2024-05-03.json", archive.start_dir) - 46
    whole[central + 8] |= 1
    path.write_bytes(whole)
    _, problems, _ = read(path)
    (problem,) = problems
    assert problem.startswith("general/2024-05-03.json: it is protected by a password")


def test_a_discord_channel_in_a_zip_that_was_cut_off_is_read_up_to_the_cut(tmp_path: Path) -> None:
    rows = [message(n, f"number {zlib.crc32(bytes([n]))}", at=f"2024-05-01T10:00:{n:02}+00:00") for n in range(60)]
    whole = streamed_zip({"general.json": dumped(channel(*rows))})
    path = tmp_path / "export.zip"
    path.write_bytes(whole[: len(whole) // 2])
    events, problems, _ = read(path)
    assert 10 <= len(events) < 60
    assert any("messages of it could be replayed" in problem for problem in problems)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0"),
        ("notes.json", b'{"notes": []}'),
        ("day.json", b'[{"type": "message"}]'),
        ("empty.json", b""),
        ("page.json", b"<html></html>"),
    ],
)
def test_what_is_no_export_is_told_what_an_export_is(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExportError, match="DiscordChatExporter") as refused:
        read(tmp_path / name)
    assert name in str(refused.value)


def test_an_empty_folder_and_a_name_that_is_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExportError, match="is no export"):
        read(tmp_path / "empty")
    with pytest.raises(ExportError, match="No such file"):
        read(tmp_path / "nowhere.zip")


def test_a_zip_of_which_nothing_is_left_says_so(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(b"PK\x03\x04" + b"\x00" * 9)
    with pytest.raises(ExportError, match="nothing can be read"):
        read(tmp_path / "export.zip")


def test_whose_export_it_is_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    slack = folder(tmp_path / "slack", FILES)
    discord = folder(tmp_path / "discord", {"a.json": dumped(channel(message(1, "x", at="2024-05-01T10:00:00Z")))})
    assert (platform_of(slack), platform_of(discord)) == (PlatformName.SLACK, PlatformName.DISCORD)


def streamed_zip(files: dict[str, bytes]) -> bytes:
    """Write a zip as programs do that cannot go back: the sizes of each file stand behind it."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            given = bytes(data)  # type: ignore[call-overload]  # anything that holds bytes
            self.written += given
            return len(given)

    out = OneWay()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]  # it asks for no more
        for name, content in files.items():
            archive.writestr(name, content)
    assert struct.unpack_from("<H", out.written, 6)[0] & 8
    return bytes(out.written)
