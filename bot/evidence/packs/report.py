"""report.html: what a person opens first; one file, without scripts, that fetches nothing."""

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.leaves import Leaf, write_moment
from bot.evidence.notes import write_base64
from bot.evidence.packs import tables
from bot.evidence.packs.contents import Fact, Pack, PackedIncident
from bot.evidence.packs.parts import Part
from bot.evidence.packs.readme import BASES, CORROBORATE, NOT_SHOWN, SHOWN
from bot.evidence.packs.referral import Referral

_FETCH_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
MASKED = (
    "Abusive words are shown by their first letter and dots. The words themselves, where they are disclosed, are in"
    " openings/."
)
UNMASKED = "This report shows abusive words as they were written."
POSSIBLE = (
    "What the person who asked for this pack stated. A hate crime is recorded on the perception of the victim or of any"
    " other person. Offences are listed as possible, not as legal findings."
)
_ERASED_FOR = {
    "erased-on-request": "on request",
    "erased-by-retention": "by the retention schedule",
    "erased-by-order": "by order",
    "erased-kept-in-error": "because it was kept in error",
    "erased-reason-unknown": "for a reason that was lost with the record of it, when an older copy was put back",
}


def report(pack: Pack, fingerprint: str) -> bytes:
    """Write the report."""
    return "\n".join((*_head(pack), *_body(pack, fingerprint), "</body>", "</html>", "")).encode("utf-8", "replace")


def _head(pack: Pack) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en-GB">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_FETCH_NOTHING}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>Evidence {escape(pack.name)}: {escape(_names(pack))}</title>"
    yield f"<style>\n{(files('bot.evidence.packs') / 'report.css').read_text('utf-8')}</style>"
    yield "</head>"


def _body(pack: Pack, fingerprint: str) -> Iterator[str]:
    yield "<body>"
    yield "<header>"
    yield f"<h1>Evidence {escape(pack.name)}</h1>"
    yield "</header>"
    yield "<main>"
    yield from _summary(pack)
    yield from _limits()
    if len(pack.incidents) > 1:
        links = (f'<li><a href="#{escape(i.name)}">{escape(i.name)}</a></li>' for i in pack.incidents)
        yield f'<nav aria-label="What is in this pack"><ul>{"".join(links)}</ul></nav>'
    for incident in pack.incidents:
        yield from _incident(incident)
    if pack.choice.referral is not None:
        yield from _referral(pack.choice.referral)
    yield from _tables(pack)
    yield from _verifying(pack, fingerprint)
    yield "</main>"


def _summary(pack: Pack) -> Iterator[str]:
    withheld = [part for part in Part if part not in pack.choice.parts]
    rows = [
        ("Cases and incidents" if pack.choice.cases else "Incidents", escape(_names(pack))),
        ("Made", f"{_time(write_moment(pack.made_at))} UTC"),
        ("Ground", escape(BASES.get(pack.choice.basis, pack.choice.basis.value))),
        ("Asked for by", _code(pack.asked_by or "not named")),
        ("Agreed to by", _code(pack.agreed_by or "not named")),
        ("Records", str(len(pack.records))),
        ("Not disclosed", escape("; ".join(part.means for part in withheld)) or "nothing was withheld by choice"),
    ]
    yield '<table class="facts"><caption>What this is</caption>'
    yield from (f'<tr><th scope="row">{label}</th><td>{value}</td></tr>' for label, value in rows)
    yield "</table>"
    yield f'<p class="notice"><strong>{UNMASKED if pack.choice.show_text else MASKED}</strong></p>'


def _limits() -> Iterator[str]:
    yield "<h2>What this shows, and what it does not</h2>"
    yield "<p>It shows:</p>"
    yield from _listed(SHOWN)
    yield "<p>It does <strong>not</strong> show:</p>"
    yield from _listed(NOT_SHOWN)
    yield f"<p>{escape(CORROBORATE)}</p>"


def _incident(incident: PackedIncident) -> Iterator[str]:
    yield f'<section class="incident" id="{escape(incident.name)}">'
    yield f"<h2>{escape(incident.name)}</h2>"
    if incident.erased is not None:
        yield f'<p class="notice"><strong>{escape(erased_line(incident))}</strong></p>'
    if incident.facts:
        yield f'<table class="facts"><caption>What was recorded about {escape(incident.name)}</caption>'
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("What", "Recorded", "Record"))
        yield f"<thead><tr>{heads}</tr></thead>"
        yield "<tbody>"
        for label, facts in groupby(incident.facts, key=lambda fact: fact.label):
            yield from _rows(label, list(facts))
        yield "</tbody></table>"
    yield "</section>"


def _rows(label: str, facts: list[Fact]) -> Iterator[str]:
    span = f' rowspan="{len(facts)}"' if len(facts) > 1 else ""
    head = f'<th scope="row"{span}>{escape(label)}</th>'
    for fact in facts:
        value = escape(fact.value)
        shown = f'<span class="said">{value}</span>' if fact.quoted else value
        yield f"<tr>{head}<td>{shown}</td><td>{_record(fact.seq)}</td></tr>"
        head = ""


def erased_line(incident: PackedIncident) -> str:
    """Say when an incident was erased, and under which authority; empty if it was not."""
    if incident.erased is None:
        return ""
    return (
        f"{when_erased(incident.erased)}."
        " Its keys were destroyed, so nobody can read it again. The records below stay, and prove what they prove."
    )


def when_erased(leaf: Leaf) -> str:
    """Say when something was erased, why and under which authority."""
    why = "; ".join(_ERASED_FOR[code] for code in leaf.codes if code in _ERASED_FOR) or "without a reason on record"
    under = f", under {leaf.policy.id} version {leaf.policy.version}" if leaf.policy else ""
    if leaf.plat_at is None:
        return f"Erased on {write_moment(leaf.at)[:10]} {why}{under} (record {leaf.seq})"
    again = f"recorded again on {write_moment(leaf.at)[:10]}, when an older copy was put back"
    return f"Erased on {write_moment(leaf.plat_at)[:10]} {why}{under}, {again} (record {leaf.seq})"


def _referral(referral: Referral) -> Iterator[str]:
    yield "<h2>Referral</h2>"
    yield f"<p>{escape(POSSIBLE)}</p>"
    for question, boxes in groupby(referral.lines(), key=lambda line: line[0]):
        yield f'<h3>{escape(question)}</h3><ul class="form">'
        for _, ticked, answer in boxes:
            box = '<span aria-hidden="true">☒</span> <strong>' if ticked else '<span aria-hidden="true">☐</span> '
            state = " (ticked)</strong>" if ticked else " <small>(not ticked)</small>"
            yield f"<li>{box}{escape(answer)}{state}</li>"
        yield "</ul>"


def _tables(pack: Pack) -> Iterator[str]:
    yield "<h2>Timeline</h2>"
    shown = [(row[0], row[1], row[3], row[5], row[9]) for row in tables.timeline(pack)]
    yield from _table(
        "Every record, in the order of the log; timeline.csv says more", ("", "at", "incident", "what", "codes"), shown
    )
    yield "<h2>Custody</h2>"
    watched = [(row[0], row[1], row[2], row[4], f"{row[6]} {row[7]}".strip()) for row in tables.custody(pack)]
    heading = ("", "at", "incident", "what", "who, and why")
    yield from _table("Who looked at it, exported it, held it or erased it", heading, watched)
    yield "<h2>Not disclosed</h2>"
    held = [(row[0], "", row[1], row[2], row[4]) for row in tables.redactions(pack)]
    yield from _table("Fields that are not disclosed here", ("", "", "incident", "field", "why"), held)


def _table(caption: str, heading: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        yield "<p>Nothing.</p>"
        return
    kept = [column for column in range(1, len(heading)) if heading[column]]
    yield f'<div class="wide"><table><caption>{escape(caption)}</caption><thead><tr><th scope="col">record</th>'
    yield "".join(f'<th scope="col">{escape(heading[column])}</th>' for column in kept)
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = (_time(row[c]) if heading[c] == "at" else escape(row[c]) for c in kept)
        yield f"<tr><td>{_record(int(row[0]))}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody></table></div>"


def _verifying(pack: Pack, fingerprint: str) -> Iterator[str]:
    checkpoint = Checkpoint.claimed_by(pack.checkpoint)
    yield "<h2>How to verify it</h2>"
    yield "<p>In the folder of this file, with openssl 3 and ssh-keygen installed: <code>sh VERIFY.sh</code>.</p>"
    yield "<p>Have these from somewhere else than this pack, and compare:</p>"
    rows = [
        ("Key of the signature", fingerprint),
        ("Key of the log", str(pack.keys.spans[0].key)),
        ("Checkpoint", f"{checkpoint.size} records, root {write_base64(checkpoint.root)}"),
    ]
    yield '<table class="facts">'
    yield from (f'<tr><th scope="row">{label}</th><td>{_code(value)}</td></tr>' for label, value in rows)
    yield "</table>"
    if pack.policy_sources:
        yield "<p>The policies under which the decisions were made, by the SHA-256 that the records name:</p>"
        rules = (f"<li>{_policy(sha256, pack)}: {escape(source)}</li>" for sha256, source in pack.policy_sources)
        yield f"<ul>{''.join(rules)}</ul>"
    yield f"<footer><p>{escape(pack.name)} of {escape(checkpoint.origin)}</p></footer>"


def _names(pack: Pack) -> str:
    return ", ".join(pack.choice.all)


def _record(seq: int) -> str:
    return f'<a href="records/{seq}.json">record {seq}</a>'


def _policy(sha256: str, pack: Pack) -> str:
    return f'<a href="policy/{sha256}.yaml">{_code(sha256)}</a>' if sha256 in pack.policies else _code(sha256)


def _time(written: str) -> str:
    return f'<time datetime="{written}">{written[:10]} {written[11:19]}</time>'


def _code(value: str) -> str:
    return f"<code>{escape(value)}</code>"


def _listed(sentences: tuple[str, ...]) -> Iterator[str]:
    yield f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
