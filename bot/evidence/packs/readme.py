"""README.txt of a pack: what lies where, how to verify it, and what it does not prove."""

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.leaves import write_moment
from bot.evidence.packs.contents import Pack
from bot.evidence.words import Code

BASES = {
    Code.BASIS_WITHIN_BODY: "for use inside the organisation; this ground does not cover passing it to anybody outside",
    Code.BASIS_CONSENT: "with the consent of the people concerned",
    Code.BASIS_LEGAL_CLAIM: "for a legal claim",
    Code.BASIS_CRIME_REPORT: "to report a crime",
}
"""On which ground a pack leaves, in words."""

SHOWN = (
    "That each record in it was in the log when the checkpoint was signed, and is unchanged since.",
    "That each value disclosed in openings/ is the one that its record commits to.",
    "That whoever has the key of the signature put these files together, this report and these tables included.",
)
"""What a pack shows."""

NOT_SHOWN = (
    "That Discord or Slack displayed a message so, or at all.",
    "That the owner of the account typed it.",
    "That nothing else was said, before, after or elsewhere, or that what is disclosed here is all there is.",
    "That everybody was shown the same log. Compare the checkpoint with one that somebody else kept.",
)
"""What a pack does not show, whatever a reader may wish."""

CORROBORATE = "Corroborate it through the platform's own records."

_TEXT = """\
EVIDENCE {name}

Open report.html first. It shows abusive words by their first letter{unless}.
Made {made_at} (UTC), {basis}.
{names}

WHAT LIES WHERE
  report.html        what happened, in words, with the record that says so beside each line
  timeline.csv       every record in order; custody.csv who looked, exported, held or erased
  redactions.csv     what is not disclosed here, and why
  records/           the records: the exact bytes that the log holds, one file each
  openings/          disclosed values, each with the salt that shows it to be what its record commits to
  attachments/       files that came with messages and reports, as they were delivered. Nobody opened them to make this;
                     open them on a machine that holds nothing else{decisions}
  log/               the checkpoint, a proof for each record, the log's public key, and what witnesses signed{stamped}
  policy/            the rules that decided, by the SHA-256 that the records name{sources}
  allowed_signers    the public key of the pack's signature
  VERIFY.sh          checks all of it

HOW TO VERIFY IT
  sh VERIFY.sh

It needs sha256sum, ssh-keygen and openssl (3.0 or newer; what some systems call openssl is another program), writes
nothing and asks nobody. It tells you two keys. Ask the organisation for them in another way than by this pack, then run

  sh VERIFY.sh -k SHA256:... -l 'hustings.log/...'

with the keys as the organisation told them, not as this pack does. Add -w and the key of a witness, as that witness
told it, and -t and a file with the certificates of the time stamping authority, as it publishes them.

A pack can bring along a changed VERIFY.sh. If that matters to you, take VERIFY.sh from the Hustings project and
name this folder. If you or somebody you trust kept a checkpoint of this log, add -c and the file.

WHAT THIS SHOWS
{shown}

WHAT IT DOES NOT SHOW
{not_shown}
{corroborate}

The report and the tables are made from the records and the disclosed values. The signature vouches for them; the log
vouches for records and values alone. Where they differ, believe the records.
"""

_STAMPED = """
  checkpoint.tsr     beside this folder: the time stamp over log/stamped; tsa-chain.pem the certificates in it"""

_DECISIONS = """
  decisions/         how each case was decided and why, as data; each names the record that says so"""


def readme(pack: Pack) -> bytes:
    """Write README.txt."""
    checkpoint = Checkpoint.claimed_by(pack.checkpoint)
    return _TEXT.format(
        name=pack.name,
        unless=", except where it was asked to show them" if pack.choice.show_text else "",
        made_at=write_moment(pack.made_at),
        basis=BASES.get(pack.choice.basis, pack.choice.basis.value),
        names=f"Of log {checkpoint.origin} at {checkpoint.size} records: {', '.join(pack.choice.all)}.",
        sources="".join(
            f"\n                     {sha256}\n                     ({source})"
            for sha256, source in pack.policy_sources
        ),
        stamped=_STAMPED if pack.stamped else "",
        decisions=_DECISIONS if pack.choice.cases else "",
        shown=_listed(SHOWN),
        not_shown=_listed(NOT_SHOWN),
        corroborate=CORROBORATE,
    ).encode()


def _listed(sentences: tuple[str, ...]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
