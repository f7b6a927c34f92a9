"""Each detector's corpus: what it must find, what it must know for a mention, what it must leave alone."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from policies.assess import Reader
from policies.detectors import DETECTORS
from policies.findings import Stance
from policies.lexicon_files import house_detectors, load_stances

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "tests" / "corpus"
LEXICONS = [detector.LEXICON for detector in DETECTORS]
WITH_ROWS = [name for name in LEXICONS if (CORPUS / f"{name}.yaml").exists()]
FEWEST = {"hit": 15, "mention": 5, "pass": 15}
FLOORS = {"hit": 0.88, "mention": 0.75, "pass": 0.97}
"""The share of rows of each sort that must come out as they are labelled."""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(house_detectors(), load_stances(ROOT / "policies" / "lexicons"))


def _rows(name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = YAML(typ="safe").load((CORPUS / f"{name}.yaml").read_text("utf-8"))
    return rows


def _came_out_right(reader: Reader, name: str, row: dict[str, str]) -> bool:
    _, assessment = reader.read(row["text"])
    found = [finding for finding in assessment.findings if finding.entry.startswith(f"{name}/")]
    used = any(finding.stance is Stance.USE for finding in found)
    return {"hit": used, "mention": not used, "pass": not found}[row["want"]]


def test_every_detector_has_a_corpus() -> None:
    assert WITH_ROWS == LEXICONS


@pytest.mark.parametrize("name", WITH_ROWS)
def test_a_corpus_has_rows_of_every_sort_and_each_but_once(name: str) -> None:
    rows = _rows(name)
    wants = [row["want"] for row in rows]
    assert {want: wants.count(want) for want in FEWEST if wants.count(want) < FEWEST[want]} == {}
    assert set(wants) == set(FEWEST)
    for key in ("id", "text"):
        values = [row[key] for row in rows]
        assert sorted({value for value in values if values.count(value) > 1}) == []


@pytest.mark.parametrize("want", FLOORS)
@pytest.mark.parametrize("name", WITH_ROWS)
def test_a_detector_tells_abuse_from_its_look_alikes(reader: Reader, name: str, want: str) -> None:
    rows = [row for row in _rows(name) if row["want"] == want]
    wrong = [row for row in rows if not _came_out_right(reader, name, row)]
    right = len(rows) - len(wrong)
    print(f"{name}: {right} of {len(rows)} rows that want {want!r} came out so ({right / len(rows):.0%})")
    assert right >= FLOORS[want] * len(rows), "\n".join(f"{row['id']}: {row['text']}" for row in wrong)
