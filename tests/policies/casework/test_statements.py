"""A statement of reasons says all that it has to, as text and as data, and nothing of who reported."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.casework.giveaways import naming, repeating
from policies.casework.letters import house_letters
from policies.casework.statements import Source, Statement, letter_values, statement_json
from policies.casework.words import Sanction
from policies.decisions import PolicyVersion
from policies.findings import Category
from policies.identifiers import PlatformName

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
FIRST = ("Priya", "Grace", "Will", "May", "Siân", "José", "Anne-Marie", "Rose", "Sam", "Olu")
LAST = ("Nair", "Okafor", "Smith", "O'Brien", "Llewellyn", "García", "Price", "Young", "Khan", "Wood")
FILLERS = (
    "The message is on record.",
    "It was posted twice and read by many.",
    "Nobody could read it as anything else.",
    "You may post again after that; you will see when.",
    "We asked you, and you said that it was a joke.",
)
KEYS = [
    "decision_visibility",
    "decision_provision",
    "decision_account",
    "decision_ground",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "content_type",
    "category",
    "application_date",
    "start_date",
    "end_date",
    "puid",
]

STATEMENTS = st.builds(
    Statement,
    puid=st.integers(1, 10**6).map(lambda n: f"C-2026-{n:06d}-1"),
    case=st.just("C-2026-000001"),
    organisation=st.just("the branch"),
    kind=st.sampled_from(Sanction),
    platforms=st.lists(st.sampled_from(PlatformName), max_size=2, unique=True).map(tuple),
    starts=st.just(START),
    ends=st.one_of(st.none(), st.integers(1, 400).map(lambda days: START + timedelta(days=days))),
    facts=st.lists(st.sampled_from(FILLERS), min_size=1, max_size=4).map(" ".join),
    clauses=st.just((("threat-of-violence", "2.1 Do not threaten anyone."),)),
    policy=st.just(PolicyVersion(name="Party channels", version=3, sha256="ab" * 32)),
    source=st.sampled_from(Source),
    automated_detection=st.booleans(),
    deadline=st.just(START + timedelta(days=180)),
    redress=st.just("write to the branch and name C-2026-000001"),
    categories=st.lists(st.sampled_from(Category), max_size=3).map(tuple),
    allowed=st.sampled_from(["", "warning to ban"]),
    earlier=st.integers(0, 3),
    departure=st.sampled_from(["", "It was the tenth in one night."]),
    stayed=st.booleans(),
)


@given(STATEMENTS)
def test_a_statement_has_every_key_and_every_fact(statement: Statement) -> None:
    data = statement_json(statement)
    assert set(KEYS) <= set(data)
    assert json.loads(json.dumps(data)) == data
    assert data["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert data["automated_detection"] == ("Yes" if statement.automated_detection else "No")
    assert str(data["puid"]).replace("-", "").isalnum()
    whole = str(house_letters().write("statement", letter_values(statement)))
    for said in (
        "“2.1 Do not threaten anyone.” (threat-of-violence)",
        "Party channels, version 3 (SHA-256 of the file: " + "ab" * 32,
        statement.facts,
        "31 October 2026",
        statement.redress,
        "A person decided it, not a machine.",
    ):
        assert said in whole
    assert bool(statement.departure) == ("goes outside" in whole)


@settings(max_examples=100)
@given(STATEMENTS, st.sampled_from(FIRST), st.sampled_from(LAST), st.integers(0, 5), st.data())
def test_of_a_hundred_statements_none_names_the_reporter(
    statement: Statement, first: str, last: str, place: int, data: st.DataObject
) -> None:
    """Words with a name in them are refused with the word; what is let through holds no part of it as a name."""
    names = (f"{first} {last}", f"{first.lower()}.{last.lower()}")
    written = data.draw(
        st.sampled_from(
            [
                f"{first} {last}",
                first.upper(),
                f"{last}'s",
                f"@{first.lower()}.{last.lower()}",
                f"{first}\u200b {last}",
                f"{first}_{last}",
            ]
        )
    )
    parts = statement.facts.split(". ")
    parts.insert(min(place, len(parts)), f"We know it from {written} who saw it")
    found = naming(". ".join(parts), names)
    assert found, (parts, names)
    whole = str(house_letters().write("statement", letter_values(statement)))
    clean = naming(statement.facts, names) == ""
    assert clean
    assert f"{first} {last}".casefold() not in whole.casefold()
    assert last not in whole


def test_an_everyday_word_is_a_name_only_with_a_capital_letter() -> None:
    assert naming("You will hear in may.", ["Will May"]) == ""
    assert naming("Then Will told us.", ["Will May"]) == "Will"


def test_a_name_that_the_reader_has_too_tells_nothing() -> None:
    assert naming("Bob Smith wrote it.", ["Ann Smith"], own=["Bob Smith"]) == ""
    assert naming("Ann Smith wrote it.", ["Ann Smith"], own=["Bob Smith"]) == "Ann Smith"


def test_words_of_a_report_are_known_again_unless_the_reader_wrote_them() -> None:
    report = "he shouted it at me outside the hall on Tuesday"
    assert repeating("You shouted it at me outside the hall.", [report]) == "shouted it at me outside"
    assert repeating("It was shouted outside the hall.", [report]) == ""
    assert repeating("You shouted it at me outside the hall.", [report], known=[f"I {report[3:]}"]) == ""
