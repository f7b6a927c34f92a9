"""Names that nobody else may borrow: moderators hear of a likeness once, and nothing is done by itself."""

import pytest

from handlers.messages import assess
from policies.decisions import OutcomeStatus
from policies.identifiers import MemberId, PlatformName
from policies.people import Person, Register
from tests.fakes.world import World

MAIR = Person(
    id=MemberId("42"), name="Mair Llewellyn", handles=("CllrMair",), roles=("candidate",), accounts=(MemberId("U42"),)
)
DISCORD = PlatformName.DISCORD


@pytest.fixture
def guarded(world: World) -> World:
    """Give a world in which Mair's name is protected."""
    world.register = Register([MAIR])
    world.restart()
    return world


async def test_moderators_are_told_who_joined_under_a_name_like_a_candidates(guarded: World) -> None:
    assert await guarded.joins(DISCORD, "Ma1r Llewellyn", handle="xx_91") == MAIR
    (card,) = guarded.discord.cards
    assert card.headline == "A name like that of Mair Llewellyn"
    assert '(candidate) goes by "Ma1r Llewellyn" and "xx_91" here; the account is new.' in card.why[0]
    assert card.author == "new"
    assert guarded.journal == ["moderators.alerted"]


async def test_a_handle_alone_is_enough(guarded: World) -> None:
    assert await guarded.joins(DISCORD, "Somebody", handle="CllrMa1r") == MAIR


async def test_a_member_who_takes_the_name_is_told_of_with_the_name_before(guarded: World) -> None:
    await guarded.takes_the_name(DISCORD, "Mair Llewelyn", before="Ann")
    (card,) = guarded.discord.cards
    assert 'Before, it was "Ann".' in card.why[0]


@pytest.mark.parametrize("member", ["42", "U42"])
async def test_she_herself_is_left_alone_on_each_of_her_accounts(member: str, guarded: World) -> None:
    assert await guarded.joins(DISCORD, "Mair Llewellyn", member=member) is None
    assert guarded.discord.cards == []


async def test_other_names_are_nobodys_business(guarded: World) -> None:
    assert await guarded.joins(DISCORD, "Marie Lewis") is None
    assert guarded.journal == []


async def test_the_same_name_is_told_of_once_and_another_one_again(guarded: World) -> None:
    for _ in range(3):
        await guarded.takes_the_name(DISCORD, "Mair Llewellyn")
    await guarded.takes_the_name(DISCORD, "Mair LlewelIyn")
    assert len(guarded.discord.cards) == 2


async def test_a_card_that_could_not_be_shown_is_tried_again(guarded: World) -> None:
    guarded.discord.broken = 1
    await guarded.takes_the_name(DISCORD, "Mair Llewellyn")
    guarded.discord.answers["alert"].append(OutcomeStatus.REFUSED)
    await guarded.takes_the_name(DISCORD, "Mair Llewellyn")
    assert guarded.discord.cards == []
    await guarded.takes_the_name(DISCORD, "Mair Llewellyn")
    assert len(guarded.discord.cards) == 1
    assert guarded.counters.counted["alarms.unsent"] == 2


async def test_what_somebody_says_under_a_borrowed_name_is_read_with_that_in_mind(guarded: World) -> None:
    event = guarded.posted(DISCORD, "see you at the canvass", author="ma1r llewellyn")
    assert (await assess(event, guarded.deps)).context.lookalike_of == "Mair Llewellyn"
    own = guarded.posted(DISCORD, "see you at the canvass", author="42")
    assert (await assess(own, guarded.deps)).context.lookalike_of == ""
