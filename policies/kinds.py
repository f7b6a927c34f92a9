"""The kinds of finding that detectors give and that rules test: one list for both sides."""

KINDS = (
    "slur",
    "coded-antisemitism",
    "identity-attack",
    "dehumanisation",
    "threat",
    "death-wish",
    "self-harm-incitement",
    "insult",
    "intimidation",
    "doxxing",
    "pile-on-call",
    "scam-link",
    "impersonation-claim",
    "obscene",
    "impersonation",
    "pile-on",
    "repeat-targeting",
    "retaliation",
    "flood",
    "raid",
    "case-talk",
)
"""Every `Finding.kind`, gravest families first; a kind that no detector gives has no place here."""
