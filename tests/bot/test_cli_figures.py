"""`hustings figures`: what an admin types, what is told, and what lies in the folder then."""

import asyncio
import csv
import io
import json
import re
import shutil
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from typer.testing import CliRunner, Result

from bot.cli_figures import app
from bot.evidence.words import Kind
from bot.store.sqlite.figures import SqlitePublications
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import Store, open_store
from policies.casework.quarters import Quarter
from policies.casework.words import Channel
from tests.fakes import packs
from tests.fakes.clock import FrozenClock
from tests.fakes.figures_attack import learnt
from tests.fakes.made_cases import a_year, day, made

NOW = day(11)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with the cases of a year, and one incident that the bot acted on."""
    folder = tmp_path_factory.mktemp("figures") / "data"

    async def fill() -> None:
        async with open_store(folder, FrozenClock()) as store:
            await packs.fill(store)
            await a_year(store.cases)

    asyncio.run(fill())
    return folder


def run(folder: Path, out: Path, *arguments: str, status: int = 0) -> Result:
    with time_machine.travel(NOW, tick=False):
        result = CliRunner().invoke(app, ["--data", str(folder), "--out", str(out), "--by", "ada", *arguments])
    assert result.exit_code == status, result.output
    return result


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_last_quarter_that_is_over_is_published_in_three_forms(filled: Path, tmp_path: Path) -> None:
    told = run(filled, tmp_path).stdout
    assert "Figures of 2026Q3, July to September 2026" in told
    assert re.search(r"Cases open at the end +145\n", told)
    assert re.search(r"Oldest open case +940 days\n", told)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "figures-2026Q3.csv",
        "figures-2026Q3.html",
        "figures-2026Q3.json",
    ]


def test_the_page_needs_nothing_from_anywhere(filled: Path, tmp_path: Path) -> None:
    run(filled, tmp_path, "--format", "html", "--body", "Aber Wen <Branch>")
    text = (tmp_path / "figures-2026Q3.html").read_text("utf-8")
    page = Page(text)
    assert len(text.encode()) < 150_000
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    addresses = [value for _, attrs in page.tags for name, value in attrs.items() if name in ("src", "href", "srcset")]
    assert addresses
    assert all(value is not None and (value.startswith("#") or ":" not in value) for value in addresses)
    assert "url(" not in text
    assert "@import" not in text
    assert not [attrs for _, attrs in page.tags if "style" in attrs or any(name.startswith("on") for name in attrs)]
    (rules,) = (attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(style) == 1
    digest = b64encode(sha256(style[0].encode()).digest()).decode()
    assert rules == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "Aber Wen <Branch>" in "".join(page.words)


def test_every_bar_stands_beside_its_number_in_a_table_with_a_caption_and_scopes(filled: Path, tmp_path: Path) -> None:
    run(filled, tmp_path, "--format", "html")
    text = (tmp_path / "figures-2026Q3.html").read_text("utf-8")
    page = Page(text)
    tables = re.findall(r"<table>.*?</table>", text, re.DOTALL)
    assert len(tables) > 10
    assert all(table.startswith("<table><caption>") for table in tables)
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert text.count("<svg") == sum(table.count("<svg") for table in tables)
    assert all(attrs.get("aria-hidden") == "true" for tag, attrs in page.tags if tag == "svg")
    rows = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
    assert all(re.search(r'<td class="number">[^<]', row) for row in rows if "<svg" in row)
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert set(headings[1:]) == {2}
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours as WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        full = colour[1:] if len(colour) == 7 else "".join(letter * 2 for letter in colour[1:])
        parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((light(one), light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_colour_stands_out_from_the_page_in_light_in_dark_and_on_paper(filled: Path, tmp_path: Path) -> None:
    run(filled, tmp_path, "--format", "html")
    text = (tmp_path / "figures-2026Q3.html").read_text("utf-8")
    schemes = [dict(re.findall(r"--(\w+): (#[0-9a-f]+)", rules)) for rules in re.findall(r":root \{([^}]*)\}", text)]
    assert len(schemes) == 3
    for scheme in schemes:
        for ground in (scheme["paper"], scheme["tile"]):
            assert contrast(scheme["ink"], ground) >= 7
            assert contrast(scheme["soft"], ground) >= 4.5
            assert contrast(scheme.get("link", scheme["ink"]), ground) >= 4.5
        assert contrast(scheme["bar"], scheme["paper"]) >= 3
        assert contrast(scheme["few"], scheme["paper"]) >= 3


def test_hidden_counts_are_hidden_in_every_form_alike(filled: Path, tmp_path: Path) -> None:
    run(filled, tmp_path)
    said = json.loads((tmp_path / "figures-2026Q3.json").read_text("utf-8"))
    raw = (tmp_path / "figures-2026Q3.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = {(line["table"], line["cell"]): line for line in csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))}
    showings = {"number": None, "fewer-than-5": "<5", "withheld": "withheld", "not-shown": "not shown"}
    seen = set()
    for table in said["tables"]:
        for count in [*table["rows"], *([table["total"]] if table["total"] else [])]:
            seen.add(count["showing"])
            line = lines[table["name"], count["cell"]]
            assert (count["number"] is None) == (count["showing"] != "number")
            assert line["number"] == ("" if count["number"] is None else str(count["number"]))
            assert line["shown"] == (showings[count["showing"]] or f"{count['number']:,}")
            assert count["number"] not in range(1, 5)
    assert seen >= {"number", "fewer-than-5", "withheld"}
    assert said["quarter"] == "2026Q3"
    assert (said["from"], said["to"]) == ("2026-07-01", "2026-09-30")


def test_no_cell_of_the_csv_is_a_formula(filled: Path, tmp_path: Path) -> None:
    run(filled, tmp_path, "--format", "csv")
    cells = [cell for line in csv.reader((tmp_path / "figures-2026Q3.csv").open(encoding="utf-8-sig")) for cell in line]
    assert len(cells) > 100
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


PATIENT = """\
policy: Patient channels
version: 1
rules: [{id: any-finding, clause: "1 Be civil.", when: findings.size() > 0, then: [alert]}]
clocks:
  acknowledge: 2000d
  triage: {critical: 2000d, high: 2000d, medium: 2000d, low: 2000d}
  decide: {critical: 2000d, high: 2000d, medium: 2000d, low: 2000d}
  appeal-decide: 2000d
"""


def test_what_is_over_a_deadline_goes_by_the_deadlines_of_the_policy(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    usual = run(folder, tmp_path / "usual").stdout
    (tmp_path / "party.yaml").write_text(PATIENT, "utf-8")
    monkeypatch.setenv("HUSTINGS_POLICY", str(tmp_path / "party.yaml"))
    other = tmp_path / "other"
    shutil.copytree(filled, other)
    found = run(other, tmp_path / "patient").stdout
    late = re.compile(r"Cases over a deadline +(\d+)")
    assert int(late.findall(usual)[0]) > 0
    assert int(late.findall(found)[0]) == 0


def test_a_quarter_in_which_nothing_happened_says_so(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_store(tmp_path / "data", FrozenClock()) as store:
            await made(store.cases, day(7, 3))

    asyncio.run(fill())
    told = run(tmp_path / "data", tmp_path / "out", "--quarter", "2026q1").stdout
    assert "No cases in this period." in told
    run(tmp_path / "data", tmp_path / "out", "--quarter", "2026Q3", "--format", "html")
    some = (tmp_path / "out" / "figures-2026Q3.html").read_text("utf-8")
    assert "Decisions, by what was found</strong>: none in this quarter." in some
    assert "No cases in this period." not in some
    assert "No cases in this period." in (tmp_path / "out" / "figures-2026Q1.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(("--quarter", "2026Q4"), "2026Q4 is not over", id="not-over"),
        pytest.param(("--quarter", "last"), "'last' is no quarter", id="no-quarter"),
        pytest.param(("--zone", "Mars/Olympus"), "Mars/Olympus is no time zone", id="no-zone"),
    ],
)
def test_what_cannot_be_published_is_said_in_a_sentence(
    filled: Path, tmp_path: Path, arguments: tuple[str, str], sentence: str
) -> None:
    result = CliRunner().invoke(app, ["--data", str(filled), "--out", str(tmp_path), *arguments])
    assert result.exit_code != 0
    assert sentence in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_was_published_is_on_record_and_read_back_as_it_was(filled: Path, tmp_path: Path) -> None:
    run(filled, tmp_path, "--quarter", "2026Q2")
    run(filled, tmp_path, "--quarter", "2026Q3")

    async def read(store: Store) -> None:
        kept = list(await SqlitePublications(store.writer, store.ledger, Steward("ada")).all())
        assert [one.quarter for one in kept].count(Quarter(2026, 2)) == 1
        assert learnt(kept) == []
        found = await store.writer.read(lambda db: [leaf for leaf in leaves(db) if leaf.kind is Kind.FIGURES_PUBLISHED])
        assert len(found) == len(kept)
        assert not any(leaf.numbers or leaf.codes for leaf in found)

    async def opened() -> None:
        async with open_store(filled, FrozenClock()) as store:
            await read(store)

    asyncio.run(opened())


def test_a_total_whose_rows_are_all_hidden_is_told_in_a_sentence(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_store(tmp_path / "data", FrozenClock()) as store:
            for number in range(7):
                await made(
                    store.cases, day(7, 3 + number), channels=[Channel.OUTSIDE if number < 2 else Channel.PERSON]
                )

    asyncio.run(fill())
    run(tmp_path / "data", tmp_path / "out", "--format", "html")
    text = (tmp_path / "out" / "figures-2026Q3.html").read_text("utf-8")
    assert "Reports, by the way they came in</strong>: 7 in all; how they divide is not shown." in text
    assert "<strong>not shown</strong> stands for any number" in text
