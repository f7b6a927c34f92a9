"""Which accounts are one person's: by the register, and by what officers linked since."""

from policies.conversations.kin import Kin
from policies.identifiers import MemberId
from policies.people import Person, Register

REGISTER = Register([Person(id=MemberId("1"), name="Mair Llewellyn", accounts=(MemberId("1"), MemberId("U1")))])


def test_whoever_has_one_account_stays_who_they_are() -> None:
    assert Kin(REGISTER).of(("discord", "7")) == ("discord", "7")


def test_the_accounts_of_one_entry_of_the_register_are_one_person() -> None:
    kin = Kin(REGISTER)
    assert kin.of(("discord", "1")) == kin.of(("slack", "U1")) != ("discord", "1")


def test_an_account_that_was_linked_to_a_registered_one_is_that_person() -> None:
    kin = Kin(REGISTER)
    kin.link([[("slack", "U9"), ("discord", "1")], [("discord", "5"), ("slack", "U5")]])
    assert kin.of(("slack", "U9")) == kin.of(("slack", "U1"))
    assert kin.of(("slack", "U5")) == kin.of(("discord", "5")) != kin.of(("slack", "U9"))


def test_what_is_no_longer_linked_is_two_people_again() -> None:
    kin = Kin()
    kin.link([[("discord", "5"), ("slack", "U5")]])
    kin.link([])
    assert kin.of(("slack", "U5")) == ("slack", "U5")
