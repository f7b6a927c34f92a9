"""Pages and handles that were flagged as fake are found however they are written, and nothing else is."""

import timeit

import pytest

from policies.fakes import Fakes, Flagged, plain

FAKES = Fakes(
    Flagged(plain(written), "Mair Llewellyn")
    for written in ("https://www.facebook.com/mair.real", "@Mair_Llewelyn", "mair-llewellyn.example")
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("see https://facebook.com/mair.real", id="without-www"),
        pytest.param("see HTTP://M.Facebook.com/Mair.Real/posts/17?ref=share.", id="a-page-under-it"),
        pytest.param("<https://www.facebook.com/mair.real|her page>", id="as-slack-writes-it"),
        pytest.param("(facebook.com/mair.real)", id="in-brackets"),
        pytest.param("follow @mair_llewelyn!", id="a-handle"),
        pytest.param("mair-llewellyn.example/donate is open", id="a-whole-site"),
    ],
)
def test_a_flagged_one_is_found(text: str) -> None:
    ((flagged, span),) = FAKES.find(text)
    assert flagged.of == "Mair Llewellyn"
    assert plain(text[span.start : span.end]).startswith(flagged.plain)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("facebook.com/mair.realist", id="a-longer-name"),
        pytest.param("facebook.com/", id="the-site-it-stands-on"),
        pytest.param("notfacebook.com/mair.real", id="another-site"),
        pytest.param("mail me at x@mair_llewelyn", id="in-an-address"),
        pytest.param("@mair_llewelyn2", id="another-handle"),
        pytest.param("https://example.com/?u=facebook.com/mair.real2", id="in-a-query"),
    ],
)
def test_what_was_not_flagged_is_not_found(text: str) -> None:
    assert list(FAKES.find(text)) == []


def test_a_long_run_of_letters_takes_no_time_to_speak_of() -> None:
    for text in ("a" * 4_000, "a." * 2_000, "-" * 4_000, "@" * 4_000):
        assert min(timeit.repeat(lambda text=text: list(FAKES.find(text)), number=1, repeat=3)) < 0.05


def test_without_anything_flagged_nothing_is_looked_for() -> None:
    assert not Fakes()
    assert list(Fakes().find("facebook.com/mair.real")) == []
