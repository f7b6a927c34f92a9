"""The lexicon engine: patterns mean what they say, hits point at the original, no text stalls or breaks it."""

import time
from dataclasses import replace

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.detectors import DetectorSet
from policies.findings import Aim, Category, Certainty
from policies.forms import compiled_form
from policies.lexicon import Entry, Hit, Lexicon, sentence_around
from policies.lexicon_files import house_detectors
from policies.scanner import Scanner
from policies.text.normalise import Normaliser

HOUSE = house_detectors()
PLAIN = Normaliser(("scum", "vermin"), ("knave",))
WORDS = {"folk": ["poles", "scots"], "bad": ["thieves", "{worse}"], "worse": ["so and so"], "loop": ["{loop}"]}
ENTRY = Entry(lexicon="mine", id="group", kind="slur", categories=(Category.INSULT,))
_PHRASES = (
    "jews muslims the all are rats scum k1ke c*** you (((they))) 14/88 go back to where came from never should women "
    "men not vermin they're he's a an . ! , - in this party of them every one gas ovens fag p*ki"
)
TEXTS = st.text(
    alphabet=st.sampled_from("aeik1143@$!|*#_-. \n\t'\"<>&;:()/\x00\u200b\u202e\u0301\ufdfaаеКﬁ𝓀🅺🐒🍌\ud800")
    | st.characters(),
    max_size=300,
) | st.lists(
    st.sampled_from((*_PHRASES.split(), "\n")),
    max_size=60,
).map(" ".join)


def entry(**changes: object) -> Entry:
    """Give an entry whose patterns are written out as a lexicon file would have them."""
    for name in ("patterns", "unless", "unless_near", "nearby"):
        if name in changes:
            written: list[str] = changes[name]  # type: ignore[assignment]  # the fields of Entry are checked below
            changes[name] = tuple(compiled_form(pattern, WORDS) for pattern in written)
    return replace(ENTRY, **changes)  # type: ignore[arg-type]  # the tests name fields of Entry only


def found(text: str, *entries: Entry) -> list[str]:
    """Give the parts of the original that the entries hit."""
    hits = Scanner([Lexicon("mine", entries)]).scan(PLAIN.normalise(text)).get("mine", [])
    return [text[hit.span.start : hit.span.end] for hit in hits]


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        pytest.param("dirty poles", "dirty,  poles", True, id="a-space-is-any-gap"),
        pytest.param("dirty poles", "dirty. poles", False, id="but-not-the-end-of-a-sentence"),
        pytest.param("tea ?pot", "teapot", True, id="a-gap-that-may-be-missing"),
        pytest.param("tea ?pot", "tea - pot", True, id="or-be-there"),
        pytest.param("hook[- ]nose", "hook nose", True, id="a-space-in-brackets-is-itself"),
        pytest.param("hook[- ]nose", "hook nose", True, id="or-the-sign-beside-it"),
        pytest.param("rat", "rats", False, id="whole-words-only"),
        pytest.param("\\(\\(x", "y((x", True, id="a-pattern-of-signs-says-itself-where-it-begins"),
        pytest.param("(?:rat)", "brat", False, id="a-group-is-no-sign"),
        pytest.param("{folk} are {bad}", "scots are so and so", True, id="names-within-names"),
    ],
)
def test_a_pattern_is_written_out(pattern: str, text: str, matches: bool) -> None:
    assert (re2.search(compiled_form(pattern, WORDS), text) is not None) is matches


def test_a_name_that_is_not_listed_is_an_error() -> None:
    with pytest.raises(KeyError):
        compiled_form("{nobody}", WORDS)


def test_names_that_go_in_a_circle_are_an_error() -> None:
    with pytest.raises(RecursionError):
        compiled_form("{loop}", WORDS)


def test_a_term_is_hit_as_a_whole_word_in_any_case() -> None:
    assert found("SCUM, scummy, the scum.", entry(terms=("scum",))) == ["SCUM", "scum"]


def test_a_hit_in_a_later_view_points_at_the_disguised_original() -> None:
    assert found("you v€rm1n and sc*m", entry(terms=("scum", "vermin"))) == ["v€rm1n", "sc*m"]


def test_what_several_views_show_is_hit_once() -> None:
    assert found("scum and k1ll", entry(terms=("scum",))) == ["scum"]


def test_an_excuse_must_overlap_the_hit() -> None:
    scum = entry(terms=("scum",), unless=["pond scum"])
    assert found("pond scum on the lake", scum) == []
    assert found("scum, like pond scum", scum) == ["scum"]


def test_an_excuse_nearby_counts_within_the_sentence_only() -> None:
    scum = entry(terms=("scum",), unless_near=["pond"])
    assert found("the scum on our pond", scum) == []
    assert found("A nice pond. You scum.", scum) == ["scum"]


def test_words_in_need_of_company_are_a_hit_only_beside_it() -> None:
    lonely = entry(patterns=["they are rats"], nearby=["{folk}"], reach=20)
    assert found("Poles? they are rats", lonely) == ["they are rats"]
    assert found("they are rats", lonely) == []
    assert found("Poles came to the fair on Saturday. they are rats", lonely) == []


def test_a_term_masked_to_its_first_letter_is_read_only_if_people_often_mask_it() -> None:
    assert found("you s***", entry(terms=("scum",))) == ["s***"]
    assert found("you k****", entry(terms=("knave",))) == []
    assert found("you kn**e", entry(terms=("knave",))) == ["kn**e"]


def test_an_entry_over_many_groups_says_which_it_touches() -> None:
    named = (("east-european", "(?:poles)"), ("scottish", "(?:scots)"))
    hits = Scanner([Lexicon("mine", (entry(patterns=["{folk} are {bad}"], named=named),))]).scan(
        PLAIN.normalise("Scots are thieves, Poles are thieves")
    )["mine"]
    assert [hit.finding().characteristic for hit in hits] == ["scottish", "east-european"]
    assert hits[0].characteristic_of("poles and scots") == "east-european"


def test_a_finding_may_say_more_than_its_entry() -> None:
    (hit,) = Scanner([Lexicon("mine", (entry(terms=("scum",)),))]).scan(PLAIN.normalise("scum"))["mine"]
    finding = hit.finding(aim=Aim.READER, certainty=Certainty.LIKELY, characteristic="roma")
    assert (finding.aim, finding.certainty, finding.characteristic) == (Aim.READER, Certainty.LIKELY, "roma")
    assert hit.finding().entry == "mine/group"


def test_the_sentence_around_a_hit_ends_at_its_marks() -> None:
    text = "One. Two is here! Three"
    assert text[slice(*sentence_around(text, 9, 11))] == " Two is here"


def test_a_message_gives_no_more_hits_than_can_be_read() -> None:
    assert 0 < len(found("scum " * 1_000, entry(terms=("scum",)))) <= 200


def test_many_hits_of_one_entry_do_not_hide_another() -> None:
    filler, scum = entry(id="filler", terms=("and",)), entry(id="scum", patterns=["you scum"])
    assert "you scum" in found("and " * 1_000 + "you scum", filler, scum)


def test_a_text_packed_with_abuse_is_not_read_to_its_end_and_that_is_said() -> None:
    abuse = [text for lexicon in HOUSE.lexicons for group in lexicon.entries for text in group.hits]
    message = HOUSE.normalise(" ".join(abuse[::3])[:4_000])
    findings, whole, _ = HOUSE.read(message)
    assert len(findings) > 20
    assert not whole
    assert HOUSE.read(message)[:2] == (findings, whole), "what is read depends on the text, not on the time"


def test_ordinary_talk_is_read_whole_however_long() -> None:
    talk = "I disagree with the motion but it was a good debate. the bus cuts are the main issue on the estate. "
    for length in (4_000, 40_000):
        assert HOUSE.read(HOUSE.normalise((talk * 400)[:length]))[1]


def test_a_reader_that_is_warm_finds_what_a_cold_one_does() -> None:
    cold, warm = house_detectors(), house_detectors()
    warm.warm_up()
    message = cold.normalise("you lot are vermin and I will kill you")
    assert cold.find(message) == warm.find(message) != ()


@pytest.mark.parametrize("padding", ["dirty ", "the jews ", "you ", "all of them ", "kill ", "not "])
def test_padding_does_not_hide_an_attack(padding: str) -> None:
    text = padding * 300 + "... p*kis are vermin"
    assert {"slur", "dehumanisation"} & {finding.kind for finding in HOUSE.find(HOUSE.normalise(text))}


def test_one_finding_is_kept_of_those_of_a_kind_that_overlap() -> None:
    detectors = DetectorSet(
        [
            Lexicon("threats", (replace(ENTRY, lexicon="threats", id="one", terms=("will hurt you",)),)),
        ]
    )
    both = DetectorSet(
        [
            Lexicon(
                "threats",
                (
                    replace(ENTRY, lexicon="threats", id="maybe", terms=("hurt",), certainty=Certainty.LIKELY),
                    replace(ENTRY, lexicon="threats", id="surely", terms=("will hurt you",)),
                ),
            )
        ]
    )
    text = "i will hurt you"
    assert len(detectors.find(detectors.normalise(text))) == 1
    assert [finding.entry for finding in both.find(both.normalise(text))] == ["threats/surely"]


def _hits(text: str) -> list[Hit]:
    return [hit for hits in HOUSE.hits(HOUSE.normalise(text)).values() for hit in hits]


@given(TEXTS)
@settings(deadline=None, max_examples=200)
def test_no_text_breaks_the_house_lexicons(text: str) -> None:
    message = HOUSE.normalise(text)
    for finding in HOUSE.find(message):
        assert 0 <= finding.span.start < finding.span.end <= len(text)
    for hit in _hits(text):
        assert 0 <= hit.span.start < hit.span.end <= len(text)
        assert hit.text == hit.view.text[hit.start : hit.end]


@given(TEXTS)
@settings(deadline=None, max_examples=100)
def test_findings_of_a_kind_never_overlap_and_come_in_order(text: str) -> None:
    findings = HOUSE.find(HOUSE.normalise(text))
    assert list(findings) == sorted(findings, key=lambda finding: (finding.span, finding.kind))
    for place, finding in enumerate(findings):
        for other in findings[place + 1 :]:
            assert other.kind != finding.kind or not other.span.overlaps(finding.span)


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("the jews and the muslims and the men and ", id="groups"),
        pytest.param("they are all the same the lot of them ", id="totals"),
        pytest.param("go back to where you came from ", id="hits"),
        pytest.param("dirty filthy stinking thieving lying ", id="adjectives"),
        pytest.param("all just nothing but a bunch of ", id="padding"),
        pytest.param("((( ", id="brackets"),
        pytest.param("a" * 7, id="one-word"),
    ],
)
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    def fastest(length: int) -> float:
        text = (unit * length)[:length]
        taken = []
        for _ in range(3):
            began = time.process_time()
            HOUSE.find(HOUSE.normalise(text))
            taken.append(time.process_time() - began)
        return min(taken)

    fastest(500)
    assert fastest(16_000) < 40 * fastest(1_000) + 0.05
