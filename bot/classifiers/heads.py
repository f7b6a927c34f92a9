"""What the model answers: one number for each head, in one fixed order, and the author's stance."""

from dataclasses import fields

from policies.findings import Scores

DETOXIFY = (
    "toxicity",
    "severe_toxicity",
    "obscene",
    "threat",
    "insult",
    "identity_attack",
    "sexual_explicit",
)
"""Detoxify's seven labels."""

OWN = ("abuse", "harassment", "self_harm", "intimidation", "doxxing", "impersonation", "pile_on", "spam")
"""What a party's rules need besides: whether a message breaks them at all, and the sorts Detoxify has no label for."""

HEADS = (*DETOXIFY, *OWN)
SORTS = ("obscene", "threat", "insult", "identity_attack", *OWN[1:])
"""The heads that name a sort of abuse."""

STANCES = ("use", "quote", "report", "condemn", "other")
"""How the author stands to the words; `other` is everything that neither is abuse nor repeats any."""

OUTPUTS = len(HEADS) + len(STANCES)

assert set(HEADS) | {"mention"} == {field.name for field in fields(Scores)}
