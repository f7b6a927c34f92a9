"""A borrowed name is noticed; a different person with a different name is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.identifiers import MemberId
from policies.people import Person, Register

MAIR = Person(id=MemberId("42"), name="Mair Llewellyn", handles=("mair_llewellyn", "CllrMair"))
OWEN = Person(id=MemberId("7"), name="Owen Achebe")
REGISTER = Register([MAIR, OWEN])


@pytest.mark.parametrize(
    "name",
    [
        "Mair Llewellyn",
        "mair.llewellyn",
        "Mair Llewe11yn",
        "Mаir Llewellyn",
        "M\u200bair Llewellyn",
        "Mair Llewelyn",
        "Mair Llewellyn MP (official)",
        "The Real Mair Llewellyn",
        "Cllr Mair Llewellyn ✓",
        "𝗠𝗮𝗶𝗿 𝗟𝗹𝗲𝘄𝗲𝗹𝗹𝘆𝗻",
        "Rnair Llewellyn",
        "Mari Llewellyn",
    ],
)
def test_a_name_that_could_be_taken_for_hers_is_noticed(name: str) -> None:
    assert REGISTER.lookalike(MemberId("666"), name) == MAIR


@pytest.mark.parametrize("name", ["Mair", "Llewellyn Jones", "Mair Evans", "Owen", "Owain Archer", "", "✓✓✓", "Bob"])
def test_another_name_is_left_alone(name: str) -> None:
    assert REGISTER.lookalike(MemberId("666"), name) is None


def test_the_person_herself_is_no_lookalike() -> None:
    assert REGISTER.lookalike(MAIR.id, "Mair Llewellyn") is None
    assert REGISTER.person(MAIR.id) == MAIR


def test_a_handle_gives_it_away_under_any_display_name() -> None:
    assert REGISTER.lookalike(MemberId("666"), "nobody", "owen_achebe") == OWEN


@given(st.text(max_size=300))
def test_no_name_breaks_the_register(name: str) -> None:
    assert REGISTER.lookalike(MemberId("1"), name) in (None, MAIR, OWEN)
