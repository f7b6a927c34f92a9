"""The dictionary is made from packages that are written down, and from nothing else."""

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools.dictionary.build import LANGUAGES, SHIPPED, WORDS_SHA256, Lists, SourceError, archives, made, main, read

ENGLISH = {"the": 90, "killed": 50, "cat": 40, "sat": 30, "on": 25, "zq": 9, "don't": 8, "naïve": 7, "hustings": 1}
LISTS = Lists(
    party=["hustings"],
    kept=["bore"],
    misspellings=["killd"],
    two_letters=["on"],
    disguised=["killed"],
    listed=["killed", "cat"],
)


def _spelling(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for language in ("en", *LANGUAGES):
            words = ENGLISH if language == "en" else {"kílled": 5, "iklled": 4, "haus": 3} if language == "de" else {}
            archive.writestr(f"spellchecker/resources/{language}.json.gz", gzip.compress(json.dumps(words).encode()))


def _packed(file: Path, contents: dict[str, bytes]) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(f"package-1.0/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


@pytest.fixture
def packages(tmp_path: Path) -> dict[str, Path]:
    """Write three packages in the form of the real ones, each with a few words."""
    files = {name: tmp_path / f"{name}.archive" for name in ("pyspellchecker", "wordninja", "names")}
    _spelling(files["pyspellchecker"])
    rare = gzip.compress(b"Kiled\nquixotic\nkilld\nsat\n")
    _packed(files["wordninja"], {"wordninja/wordninja_words.txt.gz": rare})
    first, last = b"KILLEDD 1.0 1.0 1\n", b"KILELD 1.0 1.0 1\nBROWNE 1.0 1.0 2\n"
    lists = {"names/dist.female.first": first, "names/dist.male.first": first, "names/dist.all.last": last}
    _packed(files["names"], lists)
    return files


def test_english_words_stand_in_the_order_of_use_and_party_words_after_the_common_ones(
    packages: dict[str, Path],
) -> None:
    assert made(read(packages), LISTS).english == ["the", "killed", "cat", "sat", "on", "hustings"]


def test_of_names_and_foreign_words_those_are_kept_that_would_be_read_as_misspelt(packages: dict[str, Path]) -> None:
    assert made(read(packages), LISTS).others == ["bore", "don", "iklled", "kiled", "kileld", "killedd"]


def test_what_was_left_out_is_counted(packages: dict[str, Path]) -> None:
    assert list(made(read(packages), LISTS).left_out.values()) == [2, 1, 3, 1]


def test_the_same_packages_give_the_same_bytes(packages: dict[str, Path]) -> None:
    assert made(read(packages), LISTS).body == made(read(packages), LISTS).body
    assert made(read(packages), LISTS).body.startswith(b"the\nkilled\n")


def test_a_package_that_is_not_the_one_written_down_is_refused(packages: dict[str, Path]) -> None:
    folder = packages["names"].parent
    right = hashlib.sha256(packages["names"].read_bytes()).hexdigest()
    assert archives(folder, f"names==1.0 --hash=sha256:{right}") == {"names": packages["names"]}
    with pytest.raises(SourceError, match=r"names 1\.0 is not in"):
        archives(folder, f"names==1.0 --hash=sha256:{'0' * 64}")


def test_where_a_package_is_missing_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["--archives", str(tmp_path / "empty"), "--into", str(tmp_path / "new.gz")]) == 2
    assert not (tmp_path / "new.gz").exists()
    assert "fetch it with pip" in capsys.readouterr().err


def test_the_file_that_ships_has_the_words_whose_hash_is_written_down() -> None:
    assert hashlib.sha256(gzip.decompress(SHIPPED.read_bytes())).hexdigest() == WORDS_SHA256
