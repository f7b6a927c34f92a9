"""Talk of somebody's case draws the same finding whether there is such a case or not; politics does not."""

from dataclasses import replace
from functools import cache

import pytest

from policies.assess import Reader
from policies.assessments import Assessment
from policies.conversations.following import Conversations
from policies.conversations.sign_files import house_signs
from policies.conversations.utterances import Utterance
from policies.findings import Category
from policies.identifiers import MemberId
from policies.lexicon_files import house_reader
from policies.people import Person, Register

REGISTER = Register([Person(id=MemberId("U-mair"), name="Mair Llewellyn", roles=("candidate",))])


@cache
def _reader() -> Reader:
    return house_reader()


def heard(text: str, *, author: str = "ann", moderator: bool = False) -> Assessment:
    """Give what is found in a message of a channel in which Tom Okoro and Will have spoken."""
    talk = Conversations(_reader(), house_signs(), REGISTER)
    for number, (name, words) in enumerate((("Tom Okoro", "Morning all."), ("Will", "Morning.")), 1):
        said(talk, f"m{number}", words, author=name.split()[0].lower(), name=name)
    return said(talk, "m9", text, author=author, name=author.title(), moderator=moderator)


def said(talk: Conversations, number: str, text: str, *, author: str, name: str, moderator: bool = False) -> Assessment:
    """Let a message be heard."""
    message, assessment = _reader().read(text)
    context = replace(assessment.context, author_is_moderator=moderator)
    utterance = Utterance(id=number, text=text, platform="discord", author=author, author_name=name, channel="general")
    return talk.hear(utterance, message.folded.text, replace(assessment, context=context))


def kinds(assessment: Assessment) -> set[str]:
    """Give the kinds of what is found."""
    return {finding.kind for finding in assessment.used}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Is there any news of C-2026-000042?", id="a-case-id"),
        pytest.param("what happened with c-1999-000001 and C-2031-999999", id="a-made-up-case-id"),
        pytest.param("What about the suspension of Tom?", id="a-member"),
        pytest.param("the complaint against tom okoro is nonsense", id="in-small-letters"),
        pytest.param("Why was Mair suspended?", id="a-protected-person"),
        pytest.param("Mair Llewellyn's disciplinary hearing is on Friday", id="with-a-surname"),
        pytest.param("I move that this branch calls for the investigation into Mair to be dropped", id="a-motion"),
        pytest.param("This meeting resolves to reinstate Tom at once", id="a-motion-to-reinstate"),
        pytest.param("Has <@tom> been expelled yet?", id="a-mention"),
        pytest.param("Tom has been suspended, pass it on", id="told-as-news"),
    ],
)
def test_talk_of_a_case_is_found(text: str) -> None:
    (finding,) = [one for one in heard(text).used if one.kind == "case-talk"]
    assert finding.categories == (Category.NOT_COMPETENT_BUSINESS,)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("How do I make a complaint?", id="asking-how"),
        pytest.param("The complaint about the bins was passed on by Tom", id="a-complaint-about-a-thing"),
        pytest.param("Mair's complaint about the potholes worked", id="a-councillor-complains"),
        pytest.param("Mair's investigation into the tip is in the paper", id="a-councillor-investigates"),
        pytest.param("Mair's casework load is huge, and Mair's case for the bypass is good", id="casework"),
        pytest.param("The investigation into Tom Watson was on the radio", id="a-namesake-in-the-news"),
        pytest.param("The suspension of Standing Order 4 was agreed", id="a-standing-order"),
        pytest.param("I have no confidence in the chair and will say so in the motion", id="no-confidence"),
        pytest.param("The disciplinary rules are on page nine", id="the-rules"),
        pytest.param("The suspension of will power is my problem", id="a-name-that-is-a-word"),
        pytest.param("The hearing about the planning application is on Monday", id="a-planning-hearing"),
        pytest.param("The police investigation into the fire goes on", id="a-police-matter"),
    ],
)
def test_other_business_is_left_alone(text: str) -> None:
    assert "case-talk" not in kinds(heard(text))


def test_whoever_speaks_of_their_own_case_is_left_alone() -> None:
    assert "case-talk" not in kinds(heard("why was Tom suspended", author="tom"))


def test_moderators_may_name_a_case() -> None:
    assert "case-talk" not in kinds(heard("C-2026-000042 is closed", moderator=True))


def test_what_is_found_is_the_same_for_a_case_that_exists_and_one_that_does_not() -> None:
    one, other = (next(iter(heard(f"and C-2026-00004{number}?").used)) for number in (1, 2))
    assert one == other
