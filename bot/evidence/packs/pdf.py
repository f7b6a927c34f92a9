"""report.pdf: the report as PDF/A-3a, with the records attached; made by Typst, which the extra `pdf` brings."""

import json
from collections.abc import Mapping
from importlib.resources import files

from bot.evidence.leaves import write_moment
from bot.evidence.packs.contents import Pack
from bot.evidence.packs.readme import BASES, CORROBORATE, NOT_SHOWN, SHOWN
from bot.evidence.packs.report import MASKED, POSSIBLE, UNMASKED, erased_line
from bot.evidence.packs.tables import CSV_FILES, as_csv

try:
    import typst
except ImportError:  # the extra `pdf` brings it
    typst = None  # type: ignore[assignment] # a module or nothing


class NoTypst(Exception):  # noqa: N818 - it names a state of the world
    """Typst is not installed; the message says what to do."""


def ensure_typst() -> None:
    """Refuse where there is no Typst."""
    if typst is None:
        raise NoTypst('To write a PDF, Hustings needs Typst, which is not installed. Run: pip install "hustings[pdf]"')


def report_pdf(pack: Pack) -> bytes:
    """Write the report as a PDF."""
    ensure_typst()
    attached = _attached(pack)
    inputs = {"pack": json.dumps({**_said(pack), "attached": sorted(attached)}), **attached}
    return typst.compile(
        (files("bot.evidence.packs") / "report.typ").read_bytes(),
        format="pdf",
        sys_inputs=inputs,
        pdf_standards="a-3a",
        timestamp=int(pack.made_at.timestamp()),
    )


def _said(pack: Pack) -> dict[str, object]:
    referral = pack.choice.referral
    return {
        "title": f"Evidence {pack.name}",
        "summary": [
            ("Cases and incidents" if pack.choice.cases else "Incidents", ", ".join(pack.choice.all)),
            ("Made", f"{write_moment(pack.made_at)} (UTC)"),
            ("Ground", BASES.get(pack.choice.basis, pack.choice.basis.value)),
            ("Records", str(len(pack.records))),
        ],
        "notice": UNMASKED if pack.choice.show_text else MASKED,
        "shown": SHOWN,
        "not_shown": NOT_SHOWN,
        "corroborate": CORROBORATE,
        "incidents": [
            {
                "name": incident.name,
                "erased": erased_line(incident),
                "facts": [(fact.label, fact.value, f"record {fact.seq}") for fact in incident.facts],
            }
            for incident in pack.incidents
        ],
        "referral_note": POSSIBLE,
        "referral": [
            (question, answer, "ticked" if ticked else "not ticked")
            for question, ticked, answer in (referral.lines() if referral else ())
        ],
    }


def _attached(pack: Pack) -> Mapping[str, str]:
    tables = {name: as_csv(heading, rows(pack)).decode() for name, (heading, rows) in CSV_FILES.items()}
    records = "".join(f"{record.written.decode()}\n" for record in pack.records)
    return {**tables, "records.jsonl": records, "checkpoint": str(pack.checkpoint)}
