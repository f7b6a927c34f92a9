"""From a gathered pack to its files."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.cosignatures import bare, cosigned_message, latest_cosignatures
from bot.evidence.leaves import write_moment
from bot.evidence.notes import Note, VerifierKey, signers
from bot.evidence.packs import tables
from bot.evidence.packs.bag import NamedContent, bag
from bot.evidence.packs.contents import Pack
from bot.evidence.packs.readme import readme
from bot.evidence.packs.report import report
from bot.evidence.packs.sshsig import PackKey
from bot.evidence.words import Sealed

_NOTHING: Mapping[str, bytes] = MappingProxyType({})


def lay_out(pack: Pack, key: PackKey, *, software: str, more: Mapping[str, bytes] = _NOTHING) -> Iterator[NamedContent]:
    """Give every file of the pack as it is made, what lists and signs the others last, to be read as `bag` says.

    `more` are further files of the payload.
    """
    info = {
        "Bagging-Date": f"{pack.made_at:%Y-%m-%d}",
        "Bag-Software-Agent": software,
        "External-Identifier": pack.name,
        "External-Description": "Evidence pack. Open data/report.html first; data/README.txt says how to verify it.",
        "Internal-Sender-Identifier": Checkpoint.claimed_by(pack.checkpoint).origin,
    }
    yield from bag(_payload(pack, key, more), info, _stamp(pack), sign=key.sign)


def _payload(pack: Pack, key: PackKey, more: Mapping[str, bytes]) -> Iterator[NamedContent]:
    for name, content in _whole(pack, key):
        yield name, (content,)
    for record in pack.records:
        for field, file in record.files.items():
            yield value_path(record.leaf.seq, field), file.pieces()
    for name, content in more.items():
        yield name, (content,)


def _whole(pack: Pack, key: PackKey) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", readme(pack)
    yield "VERIFY.sh", verify_script()
    yield "allowed_signers", key.allowed_signers
    yield "report.html", report(pack, key.fingerprint)
    for name, (heading, rows) in tables.CSV_FILES.items():
        yield name, tables.as_csv(heading, rows(pack))
    for sha256, text in pack.policies.items():
        yield f"policy/{sha256}.yaml", text
    for incident in pack.incidents:
        for name, statement in incident.decisions.items():
            yield f"decisions/{name}.json", statement
    for record in pack.records:
        seq = record.leaf.seq
        yield f"records/{seq}.json", record.written
        yield f"log/{seq}.tlog-proof", record.proof.to_bytes()
        for field, opening in record.openings.items():
            yield value_path(seq, field), opening.value
        for field, salt in record.salts.items():
            yield f"openings/{seq}.{field}.salt.hex", f"{salt.hex()}\n".encode()
    yield from _log(pack)


def value_path(seq: int, field: str) -> str:
    """Name the file of a disclosed value: what came with a message lies apart from what was said of it."""
    sealed, _, number = field.partition(".")
    return f"attachments/{seq}.{number}.bin" if sealed == Sealed.ATTACHMENT else f"openings/{seq}.{field}"


def verify_script() -> bytes:
    """Give the script that checks a pack."""
    return (files("bot.evidence.packs") / "VERIFY.sh").read_bytes()


def _log(pack: Pack) -> Iterator[tuple[str, bytes]]:
    current = pack.keys.current
    yield from _key("log/log", current)
    yield from _signed("log/checkpoint", pack.checkpoint, {"": current})
    yield "log/witnesses.txt", _witnesses(pack)
    spans = pack.keys.spans
    for number, statement in enumerate(pack.rotations, 1):
        yield from _key(f"log/earlier/{number}", spans[number - 1].key)
        both = {".old": spans[number - 1].key, ".new": spans[number].key}
        yield from _signed(f"log/earlier/{number}.rotation", statement, both)
    now = Checkpoint.claimed_by(pack.checkpoint).size
    proved: set[int] = set()
    stamped = pack.stamped and (pack.stamped[0].note, pack.stamped[1])
    for name, earlier in (("since", pack.since), ("witnessed", pack.witnessed), ("stamped", stamped)):
        if earlier is not None:
            old, proof = earlier
            yield from _signed(f"log/{name}", old, {"": pack.keys.signer(old)})
            if proof.old_size < now and proof.old_size not in proved:
                yield f"log/consistency-{proof.old_size}-{now}.txt", proof.to_bytes()
                proved.add(proof.old_size)
    if pack.witnessed and pack.cosigned:
        yield from _cosigned(pack.witnessed[0], pack.cosigned.keys)


def _cosigned(note: Note, keys: Iterable[VerifierKey]) -> Iterator[tuple[str, bytes]]:
    """Give each witness's key, and what they signed as openssl wants it."""
    for number, (key, made) in enumerate(latest_cosignatures(note, keys).items(), 1):
        base = f"log/witnesses/{number}"
        yield from _key(base, key)
        yield f"{base}.text", cosigned_message(note, made)
        yield f"{base}.sig", bare(made)


def _stamp(pack: Pack) -> dict[str, bytes]:
    """Give the time stamp; its bytes that nobody signed are covered by the list of what lies beside the payload."""
    if pack.stamped is None:
        return {}
    stamp, _ = pack.stamped
    return {"checkpoint.tsr": stamp.reply, "tsa-chain.pem": stamp.certificates}


def _key(base: str, key: VerifierKey) -> Iterator[tuple[str, bytes]]:
    yield f"{base}.pem", key.pem
    yield f"{base}.pub", f"{key}\n".encode()


def _signed(base: str, note: Note, keys: Mapping[str, VerifierKey]) -> Iterator[tuple[str, bytes]]:
    """Give a note, and beside it what openssl wants in files of their own: the text and the bare signatures."""
    yield base, note.to_bytes()
    yield f"{base}.text", note.text.encode()
    found = signers(note, keys.values())
    for end, key in keys.items():
        yield f"{base}{end}.sig", found[key].value


def _witnesses(pack: Pack) -> bytes:
    if pack.cosigned is None:
        return b"No witness has cosigned a checkpoint of this log that this pack could show.\n"
    size = pack.witnessed[1].old_size if pack.witnessed else Checkpoint.claimed_by(pack.checkpoint).size
    seen = [f"{name}, on {write_moment(at)}" for name, at in pack.cosigned.seen_at.items()]
    lines = [
        f"The checkpoint of {size} records in log/witnessed is cosigned by",
        *(f"- {line}" for line in seen or ["nobody"]),
        f"and not by {', '.join(pack.cosigned.missing)}." if pack.cosigned.missing else "and by all witnesses.",
        "That is enough of them." if pack.cosigned.enough else "That is NOT ENOUGH of them, by the log's own rule.",
        "VERIFY.sh shows that the log of this pack continues that checkpoint, and checks the cosignatures against the",
        "keys in log/witnesses. Whether these are the witnesses' keys, ask the witnesses (-w).",
    ]
    return "".join(f"{line}\n" for line in lines).encode()
