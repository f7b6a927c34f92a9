"""What is withheld is found in a file wherever the file is cut into pieces."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.searching import stands_in

WORDS, NAMES = (b"rob", b"marmalade"), (b"ida", b"ben-of-the-office")
PARTS = st.sampled_from(
    [b"rob", b"ida", b"Friday", b"MARMA", b"lade", b" ", b"-", b"x", b"9", b"\xff", b"ben-of-the-office"]
)


def cut(content: bytes, seed: int) -> list[bytes]:
    chance, pieces = random.Random(seed), []
    while content:
        size = chance.randrange(0, 6)
        pieces.append(content[:size])
        content = content[size:]
    return pieces


@given(st.lists(PARTS, max_size=12).map(b"".join), st.integers())
def test_it_makes_no_difference_how_a_file_is_cut(content: bytes, seed: int) -> None:
    assert stands_in(cut(content, seed), WORDS, NAMES) is stands_in([content], WORDS, NAMES)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"for R", b"OB"], True),
        ([b"ro", b" b"], False),
        ([b"so Ida", b" went"], True),
        ([b"so Ida"], True),
        ([b"so ida", b"lia went"], False),
        ([b"on Fri", b"day"], False),
        ([b"on Fr", b"ida"], False),
        ([b"\xff for rob"], False),
        ([b"for rob ", b"\xff"], False),
        ([b"\xff marma", b"lade"], True),
        ([b"\xff ben-of-", b"the-office \xff"], True),
        ([b"caf\xc3", b"\xa9 rob"], True),
        ([b"rob \xc3"], False),
        ([], False),
    ],
)
def test_short_words_count_in_text_alone_and_names_only_by_themselves(pieces: list[bytes], expected: bool) -> None:
    assert stands_in(pieces, WORDS, NAMES) is expected
