"""A classifier cannot tell whom a sentence names: all of a kind go by one name, and nothing else is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.lexicon_files import house_leveller
from tests.policies.test_parity_grid import GROUPS, TEMPLATES

SAME = ("parties", "sides", "leaders", "creeds", "sexes", "orientations")


@pytest.mark.parametrize("kind", SAME)
@pytest.mark.parametrize("template", TEMPLATES[::6])
def test_whoever_is_named_the_sentence_is_one(kind: str, template: str) -> None:
    level = house_leveller()
    assert len({level(template.format(name)) for name in GROUPS[kind]}) == 1


@pytest.mark.parametrize(
    "name",
    ["Keir Starmer", "Sir Keir Starmer", "CARLA DENYER", "nigel farage", "Diane Abbott", "JD Vance", "Theresa May"],
)
def test_a_politician_by_the_whole_name_is_one_of_them(name: str) -> None:
    assert house_leveller()(f"So {name} spoke.") == house_leveller()("So Badenoch spoke.")


def test_peoples_and_nations_are_one_but_for_few(subtests: pytest.Subtests) -> None:
    level = house_leveller()
    for kind in ("peoples", "nations"):
        with subtests.test(kind):
            read = [level(f"{name} are here") for name in GROUPS[kind]]
            assert len(set(read)) == 1, set(read)


@pytest.mark.parametrize(
    "text",
    [
        "We met at nine to fold leaflets and it rained the whole time.",
        "Please leave the keys with the caretaker, and remain until the end.",
        "The green bin goes out on Tuesday, and labour costs are up.",
        "A black coffee and a white loaf, please.",
        "Welsh cakes and Irish stew at the polling station.",
        "Put the old banner in the alliance of chairs.",
        "May we have the hall? Brown bread, a roof truss, and a sultana.",
    ],
)
def test_words_of_every_day_are_left_as_they_are(text: str) -> None:
    assert house_leveller()(text) == text


MEMBERS = (
    "Sarah Hughes", "Gurpreet Dhillon", "Oluwaseun Adeyemi", "Agnieszka Nowak", "Siân Pritchard", "Aoife O'Brien",
    "Miriam Cohen", "Fatima Begum", "Linh Nguyen", "Ewan McAllister", "Xiao Zhang", "Dmytro Shevchenko", "Sunita Patel",
    "Mohammed Miah", "Mary Kelly", "Wei Zhang", "Eluned Pugh", "Salma Al-Sayed",
)  # fmt: skip
SENTENCES = (
    "Put {} in the ground.",
    "Cllr {} has the keys, so ask there.",
    "put {}'s number on every lamp post",
    "I think {} spoke well; did you?",
)


@pytest.mark.parametrize("part", [slice(None), slice(0, 1), slice(1, 2)], ids=["in full", "first", "second"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_members_of_whatever_origin_go_by_one_name(sentence: str, part: slice) -> None:
    level = house_leveller()
    names = [*MEMBERS, *(" ".join(name.split()[part]) for name in MEMBERS)]
    assert len({level(sentence.format(name)).lower() for name in names}) == 1
    assert len({level(sentence.format(name).lower()) for name in names if name.isascii()}) == 1


def test_a_name_that_no_list_has_is_told_by_its_capital_behind_a_forename_or_a_title() -> None:
    level = house_leveller()
    assert level("Ask Rhys Xanthoudakis for Mr Xanthoudakis's keys.") == "Ask hughes for Mr hughes's keys."
    assert level("Ask Sarah Jane Smith on Monday. Sarah Must Not Go.") == "Ask hughes on Monday. hughes Must Not Go."


@pytest.mark.parametrize(
    "text",
    [
        "Do a Jo Cox on them, then read Anne Frank to the class.",
        "The council tax levy, a penny off the jasmine tea, and Islam is a faith",
        "The machinery in the macaroni factory is in March.",
        "Ask for the keys to Church House at the Miners' Welfare.",
        "What would Doubting Thomas say of Murphy law?",
    ],
)
def test_names_that_say_more_than_who_it_is_are_left(text: str) -> None:
    assert house_leveller()(text) == text


WORDS = st.sampled_from([*" ".join(MEMBERS).split(), *SENTENCES[1].split(), "Mr", "Must", "uncle", "Tom", "a", "Karen"])


@given(st.lists(st.tuples(WORDS, st.sampled_from([" ", ", ", ". ", "'s ", "-"])), max_size=12))
def test_members_levelled_twice_are_as_levelled_once(words: list[tuple[str, str]]) -> None:
    level = house_leveller()
    once = level("".join(word + gap for word, gap in words))
    assert level(once) == once


@given(st.text(max_size=300))
def test_any_text_can_be_levelled_and_levelling_twice_changes_nothing(text: str) -> None:
    level = house_leveller()
    once = level(text.encode("utf-8", "replace").decode("utf-8"))
    assert level(once) == once
