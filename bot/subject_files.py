"""What is kept about one person, as files: to read, for machines, and the list of what was left out."""

import json
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.evidence.leaves import write_moment
from bot.evidence.packs.bag import MANIFEST, SIGNATURE, TAG_MANIFEST, Content, NamedContent, bag
from bot.evidence.packs.sshsig import SIGNER, PackKey
from bot.evidence.packs.tables import as_csv
from bot.store.pack_facts import printable
from bot.store.subject_data import Entry, SubjectData

NAMESPACE = "subject-export"
"""What the key signs these files as, so that nobody takes them for a pack."""

_README = """\
WHAT IS KEPT ABOUT {person}

Made {made_at} (UTC) by Hustings, the bot that moderates these channels,
from log {origin} at {size} records.

WHAT LIES WHERE
  subject.txt        what is kept, to read
  subject.json       the same for programs
  attachments/       files that came with your messages, as they were delivered
  redactions.csv     what was left out, and why
  allowed_signers    the key that this is signed with

HOW TO CHECK THAT IT IS AS IT WAS HANDED OUT
In the folder that this folder is in, run
  {sums}
  {signature}
Both must say that all is well; a file that is on no list was not handed out. The key is
{fingerprint}.
Whether that is the organisation's key, ask it in another way than by these files.

WHAT IS IN IT
What you wrote and the bot kept, why it kept it, what was decided and done about it and on which rule; what moderators
did about you; what you reported; what you wrote next to somebody else's message that was kept; and that a kept message
mentions you. How often somebody looked at your words unmasked, and what for: {views}.

WHAT IS NOT IN IT
- Who reported you, and who the moderators are. Reasons that tell who reported are left out whole.
- What other people wrote, and who they are. Where a moderator wrote a name it says [somebody else].
- What was erased: nobody can read it any more, nor tell whose it was.
- Whether anything is kept for a legal claim or an investigation, or was handed out for one.
- Messages that triggered nothing. The bot keeps none of them.
- What Discord or Slack keep themselves. Ask them.

These are your words as you wrote them, abusive ones included. You may ask for what is wrong to be put right or added
to, and for what need not be kept to be erased. If something was left out that you think you should have, ask, naming
the line of redactions.csv: somebody can look at it again.
"""

_SUMS = ("sha256sum", "-c", MANIFEST, TAG_MANIFEST)
_SIGNATURE = (
    *("ssh-keygen", "-Y", "verify", "-f", "data/allowed_signers", "-I", SIGNER),
    *("-n", NAMESPACE, "-s", SIGNATURE),
)


def subject_files(
    data: SubjectData, kept: Mapping[str, Content], key: PackKey, *, made_at: datetime, origin: str, size: int
) -> Iterator[NamedContent]:
    """Give every file of a bag as it is made, signed, to be read as `bag` says; `kept` are the person's own files."""
    payload = _payload(data, kept, key, made_at=made_at, origin=origin, size=size)
    info = {
        "Bagging-Date": f"{made_at:%Y-%m-%d}",
        "External-Description": "What is kept about one person, for that person. Open data/README.txt first.",
        "Internal-Sender-Identifier": origin,
    }
    return bag(payload, info, sign=lambda listed: key.sign(listed, NAMESPACE))


def _payload(
    data: SubjectData, kept: Mapping[str, Content], key: PackKey, *, made_at: datetime, origin: str, size: int
) -> Iterator[NamedContent]:
    said = {
        "person": {"platform": data.person.platform.value, "member": data.person.member},
        "made_at": write_moment(made_at),
        "log": {"origin": origin, "records": size},
        "looked_at": data.views,
        "incidents": [incident.id for incident in data.shown],
        **data.shelves,
    }
    views = ", ".join(f"{purpose} {count}" for purpose, count in data.views.items()) or "nobody has"
    readme = _README.format(
        person=data.person,
        made_at=write_moment(made_at),
        origin=origin,
        size=size,
        views=views,
        sums=shlex.join(_SUMS),
        signature=f"{shlex.join(_SIGNATURE)} < {TAG_MANIFEST}",
        fingerprint=key.fingerprint,
    )
    rows = [(redaction.incident, redaction.field, redaction.why) for redaction in data.redactions]
    made = {
        "README.txt": readme.encode(),
        "subject.json": f"{json.dumps(said, indent=2)}\n".encode(),
        "subject.txt": "".join(f"{line}\n" for line in _pages(data)).encode("utf-8", "replace"),
        "redactions.csv": as_csv(("incident", "field", "why"), rows),
        "allowed_signers": key.allowed_in(NAMESPACE),
    }
    yield from ((path, (content,)) for path, content in made.items())
    yield from kept.items()


def _pages(data: SubjectData) -> Iterator[str]:
    if not data.shelves:
        yield f"Nothing is kept about {data.person} that can be read."
    for shelf, entries in data.shelves.items():
        yield f"{shelf.upper()} ({len(entries)})"
        yield ""
        for entry in entries:
            yield from _lines(entry, "  ")
            yield ""


def _lines(entry: Entry, indent: str) -> Iterator[str]:
    for name, value in entry.items():
        yield from _line(name.replace("_", " "), value, indent)


def _line(name: str, value: Any, indent: str) -> Iterator[str]:
    """Write one thing; what is empty is left out."""
    if value in (None, "", [], {}):
        return
    if isinstance(value, dict):
        yield f"{indent}{name}:"
        yield from _lines(value, f"{indent}    ")
    elif isinstance(value, list) and isinstance(value[0], dict):
        for each in value:
            yield f"{indent}{name}:"
            yield from _lines(each, f"{indent}    ")
    else:
        written = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        first, *rest = printable(written).split("\n")
        yield f"{indent}{name}: {first}"
        yield from (f"{indent}    | {line}" for line in rest)
