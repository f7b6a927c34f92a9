"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import REPOSITORY, kept_files, place

DOCUMENTS = [path for path in kept_files() if path.suffix == ".md"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:bot|handlers|policies|tests|docs|\.ci)/[^`\s]*|[A-Z][\w.]+\.md|[\w.]+\.(?:toml|txt))`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=place)
def test_every_link_within_the_repository_leads_somewhere(document: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(document.read_text(encoding="utf-8"))]
    inside = [target for target in targets if target and "://" not in target]
    assert [target for target in inside if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=place)
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = {name.partition(":")[0] for name in PATH.findall(document.read_text(encoding="utf-8"))}
    certain = {name for name in named if not re.search(r"[<>]|NNNN|TITLE", name)}
    assert sorted(name for name in certain if not list(REPOSITORY.glob(name.rstrip("/")))) == []


def test_every_decision_is_numbered_without_gaps_has_a_status_and_is_listed() -> None:
    pages = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. ")
        assert re.search(r"^Status: (accepted|replaced by \d{4})$", text, re.MULTILINE), page.name
        assert f"(decisions/{page.name})" in index
