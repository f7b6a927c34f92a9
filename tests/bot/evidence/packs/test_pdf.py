"""The report as a PDF that archives take, with the records in it."""

import re
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.evidence.packs import pdf
from bot.evidence.packs.parts import EVERY
from bot.evidence.packs.pdf import NoTypst, report_pdf
from bot.evidence.packs.referral import Ground, Referral
from bot.store.sqlite.store import Store, open_store
from tests.fakes import packs
from tests.fakes.clock import FrozenClock
from tests.fakes.packs import ONE, TEXT, TWO

pytest.importorskip("typst", reason="the extra `pdf` is not installed")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give a store with two incidents."""
    async with open_store(tmp_path, FrozenClock()) as opened:
        await packs.fill(opened)
        yield opened


async def test_it_says_to_be_for_archives_and_holds_every_record(store: Store) -> None:
    pack = await packs.gathered(store, ONE, TWO, parts=EVERY, referral=Referral(grounds=(Ground.RACE,)))
    streams = _streams(report_pdf(pack))
    told = b"\n".join(streams)
    assert re.search(rb"<pdfaid:part>3</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", told)
    records = next(stream for stream in streams if stream.startswith((b'{"actor"', b'{"at"')))
    assert records == b"".join(record.written + b"\n" for record in pack.records)
    assert any(stream == pack.checkpoint.to_bytes() for stream in streams)
    assert TEXT.encode() not in told


async def test_what_people_wrote_is_text_and_no_instruction(store: Store) -> None:
    wicked = packs.make.posted(9, text='#panic("x") $ *bold* `raw` \\ #read("/etc/passwd") </TEXT> @ref <label> //')
    await store.evidence.record(packs.make.incident(9, event=wicked, to_do=()))
    assert report_pdf(await packs.gathered(store, "I-2026-000003", show_text=True)).startswith(b"%PDF-1.7")


async def test_the_same_pack_gives_the_same_pdf(store: Store) -> None:
    pack = await packs.gathered(store, ONE)
    assert report_pdf(pack) == report_pdf(pack)


async def test_without_typst_a_sentence_says_what_to_install(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "typst", None)
    with pytest.raises(NoTypst, match=r"hustings\[pdf\]"):
        report_pdf(await packs.gathered(store, ONE))


def _streams(written: bytes) -> list[bytes]:
    """Give everything in a PDF that is compressed, as it was, and what is not."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", written, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            found.append(stream)
    return found
