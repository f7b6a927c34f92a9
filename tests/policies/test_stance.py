"""The stance reader tells use from mention; every row of its corpus is a claim."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policies.assess import Reader
from policies.assessments import Context
from policies.detectors import DetectorSet
from policies.findings import Category, Certainty, Finding, Stance
from policies.lexicon import Entry, Hit, Lexicon
from policies.lexicon_files import house_reader, load_stances
from policies.text.normalise import Normalised

WORDS = ("vermin", "kapo", "scum", "go to the gas chambers", "jews control the media")
LEXICONS = Path(__file__).parents[2] / "policies" / "lexicons"
ROWS = YAML(typ="safe", pure=True).load((Path(__file__).parents[1] / "corpus" / "stance.yaml").read_text("utf-8"))


class _FewWords(DetectorSet):
    """Detectors that find a handful of words and nothing else, so that only the stance is tested."""

    def read(self, message: Normalised) -> tuple[tuple[Finding, ...], bool, list[Hit]]:
        hits, whole = self._scanner.read(message)
        return tuple(hit.finding() for found in hits.values() for hit in found), whole, []


@pytest.fixture(scope="module")
def reader() -> Reader:
    entry = Entry(lexicon="few", id="word", kind="slur", categories=(Category.INSULT,), terms=WORDS)
    return Reader(_FewWords([Lexicon("few", (entry,))]), load_stances(LEXICONS))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_use_is_told_from_mention(reader: Reader, row: dict[str, str]) -> None:
    _, assessment = reader.read(row["text"])
    assert assessment.findings, "the row holds none of the words"
    told = "use" if assessment.used else "mention"
    assert told == row["want"], [(cue.name, row["text"][cue.span.start : cue.span.end]) for cue in assessment.cues]


def test_each_finding_has_its_own_stance(reader: Reader) -> None:
    _, assessment = reader.read("She was called a kapo. You are vermin too.")
    assert [finding.stance for finding in assessment.findings] == [Stance.REPORT, Stance.USE]
    assert assessment.stance is Stance.USE


def test_a_quotation_without_a_word_about_it_asks_a_human(reader: Reader) -> None:
    _, assessment = reader.read('"go to the gas chambers"')
    assert [finding.certainty for finding in assessment.used] == [Certainty.LIKELY]


@pytest.mark.parametrize(
    ("text", "used"),
    [
        pytest.param("`you are scum, Sarah` lol", [Certainty.PLAIN], id="a-sentence-and-a-laugh"),
        pytest.param("`go to the gas chambers` and take that lot along", [Certainty.LIKELY], id="a-sentence-and-more"),
        pytest.param("the `go to the gas chambers` message is still up", [], id="named-as-a-thing"),
        pytest.param("he wrote `go to the gas chambers` again", [], id="reported"),
        pytest.param("run `rm -rf vermin.txt` first", [], id="code"),
    ],
)
def test_marks_of_code_around_a_sentence_make_no_quotation(reader: Reader, text: str, used: list[Certainty]) -> None:
    _, assessment = reader.read(text)
    assert [finding.certainty for finding in assessment.used] == used


def test_letters_in_quotation_marks_are_nobody_s_words(reader: Reader) -> None:
    _, assessment = reader.read('you are "s" "c" "u" "m"')
    assert [finding.certainty for finding in assessment.used] == [Certainty.PLAIN]


def test_throwing_the_words_of_the_parent_back_is_no_use(reader: Reader) -> None:
    _, assessment = reader.read("vermin? charming.", Context(parent_text="You lot are vermin"))
    assert assessment.stance is Stance.QUOTE


def test_a_cue_names_its_place_in_the_original(reader: Reader) -> None:
    text = "He \u200bcalled me a kapo"
    _, assessment = reader.read(text)
    assert text[assessment.cues[0].span.start : assessment.cues[0].span.end] == "called"


@given(st.text(alphabet=st.sampled_from("\"'>` \nabc,.?!:;") | st.characters(), max_size=200), st.sampled_from(WORDS))
def test_no_text_breaks_the_reader(noise: str, word: str) -> None:
    reader = _SHARED
    text = noise + " " + word + " " + noise
    _, assessment = reader.read(text)
    for finding in assessment.findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
    for cue in assessment.cues:
        assert 0 <= cue.span.start <= cue.span.end <= len(text)


_SHARED = Reader(
    _FewWords(
        [Lexicon("few", (Entry(lexicon="few", id="word", kind="slur", categories=(Category.INSULT,), terms=WORDS),))]
    ),
    load_stances(LEXICONS),
)


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("paki scum have no place in this party", Stance.USE),
        ("pakis are a disgrace and everyone knows it", Stance.USE),
        ("words like paki have no place in this party", Stance.CONDEMN),
        ("calling members pakis is a disgrace", Stance.CONDEMN),
    ],
)
def test_condemnation_whose_subject_is_the_slur_excuses_nothing(text: str, stance: Stance) -> None:
    _, assessment = house_reader().read(text)
    assert assessment.stance is stance


@pytest.mark.parametrize(
    "tail", [" and that is a disgrace", ". It is a disgrace.", ", that's a disgrace, shame on them"]
)
def test_anger_added_to_hatred_of_a_group_excuses_nothing(tail: str) -> None:
    for whom in ("Muslims", "Jews", "Christians"):
        _, assessment = house_reader().read(f"All {whom} are terrorists{tail}")
        assert assessment.stance is Stance.USE
        _, assessment = house_reader().read(f"He said all {whom} are terrorists{tail}")
        assert assessment.stance is not Stance.USE
