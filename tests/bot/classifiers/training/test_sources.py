"""Public sources: only the files that were used before, and nothing claimed that a source does not say."""

import csv
from pathlib import Path

import pytest

from bot.classifiers.heads import HEADS
from bot.classifiers.training.sources import SOURCES, SourceError, read_source

DAVIDSON = next(source for source in SOURCES if source.name == "davidson")


def test_a_missing_file_is_told_with_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"davidson_labeled_data.csv is missing. Fetch it from t-davidson"):
        read_source(DAVIDSON, tmp_path)


def test_another_version_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "davidson_labeled_data.csv").write_text("changed", encoding="utf-8")
    with pytest.raises(SourceError, match="has SHA-256"):
        read_source(DAVIDSON, tmp_path)


def test_what_a_source_does_not_say_stays_unknown(tmp_path: Path) -> None:
    with (tmp_path / "davidson_labeled_data.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["", "count", "hate_speech", "offensive_language", "neither", "class", "tweet"])
        writer.writerow([0, 3, 3, 0, 0, 0, "hateful"])
        writer.writerow([1, 3, 0, 3, 0, 1, "slang"])
        writer.writerow([2, 3, 0, 0, 3, 2, "calm"])
        writer.writerow([3, 3, 1, 1, 1, 2, "disputed"])
    hateful, slang, calm = DAVIDSON.read(tmp_path)
    assert hateful.labels["abuse"] == 1.0
    assert "threat" not in hateful.labels
    assert "abuse" not in slang.labels
    assert calm.labels == dict.fromkeys(HEADS, 0.0)


def test_every_source_has_its_hashes_its_licence_and_a_share() -> None:
    assert all(len(digest) == 64 for source in SOURCES for digest in source.files.values())
    assert all(source.licence and source.origin for source in SOURCES)
    assert sum(source.share for source in SOURCES) == pytest.approx(1.0)
    assert not [source.name for source in SOURCES if "SA" in source.licence]
