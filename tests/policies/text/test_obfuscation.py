"""Abuse in disguise is caught as it is without, and what only looks like a disguise is left alone."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.classifiers.embedded import EmbeddedModel, shipped
from handlers.checking import Checker, StreamedMessage
from policies.assess import Reader
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy

CORPUS = Path(__file__).parents[2] / "corpus" / "obfuscation.yaml"
ROWS: list[dict[str, str]] = YAML(typ="safe").load(CORPUS.read_text("utf-8"))
WAYS = ("run-together", "swapped", "missing", "spaced", "turned", "leet", "emoji", "alphabet", "markup", "plain")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return house_reader()


@pytest.fixture(scope="module")
def rules(reader: Reader) -> Checker:
    return Checker(reader, house_policy())


@pytest.fixture(scope="module")
def rules_and_model(reader: Reader) -> Checker:
    model = EmbeddedModel(shipped(), reader.undone)
    return Checker(reader, house_policy(), score=model.score, scorer=model.name)


def _allowed(checker: Checker, way: str) -> tuple[list[str], int]:
    rows = [row for row in ROWS if row["way"] == way]
    judged = [(row, checker.check(StreamedMessage(id=row["id"], text=row["text"])).decision.action) for row in rows]
    return [f"{row['id']}: {row['text']}" for row, action in judged if action is Action.ALLOW], len(rows)


@pytest.mark.parametrize("way", WAYS)
def test_the_rules_catch_what_is_disguised(rules: Checker, way: str) -> None:
    missed, asked = _allowed(rules, way)
    assert asked >= 40
    assert len(missed) <= 0.15 * asked, "\n".join(missed)


@pytest.mark.parametrize("way", WAYS)
def test_rules_and_model_catch_nine_in_ten_in_every_disguise(rules_and_model: Checker, way: str) -> None:
    missed, asked = _allowed(rules_and_model, way)
    assert len(missed) <= 0.1 * asked, "\n".join(missed)


def test_the_rules_find_nothing_in_names_towns_hashtags_and_haste(rules: Checker) -> None:
    allowed, asked = _allowed(rules, "harmless")
    assert asked >= 200
    assert asked - len(allowed) <= 0.01 * asked


def test_rules_and_model_leave_names_towns_hashtags_and_haste_alone(rules_and_model: Checker) -> None:
    allowed, asked = _allowed(rules_and_model, "harmless")
    assert asked - len(allowed) <= 0.05 * asked


@pytest.mark.parametrize(
    ("disguised", "words"),
    [
        pytest.param("IHateMuslims", "i hate muslims", id="camel-case"),
        pytest.param("ihateallwomen", "i hate all women", id="no-spaces"),
        pytest.param("i h a t e a l l w o m e n", "i hate all women", id="every-letter-apart"),
        pytest.param("j.e.w.s a.r.e s.c.u.m", "jews are scum", id="dots-in-words-and-spaces-between"),
        pytest.param("j e w s  a r e  s c u m", "jews are scum", id="wider-gaps-between"),
        pytest.param("kill.all.jews", "kill all jews", id="dots-between"),
        pytest.param("kill👏all👏jews", "kill all jews", id="emoji-between"),
        pytest.param("wo men are ver min", "women are vermin", id="words-cut-up"),
        pytest.param("teh muslms are vemrin", "the muslims are vermin", id="misspelt"),
        pytest.param("mucs era swej", "jews are scum", id="backwards"),
        pytest.param("ɯnɔs ǝɹɐ sʍǝɾ", "jews are scum", id="upside-down"),
        pytest.param("all 🧕 are 🐷", "all muslim women are pigs", id="emoji-as-words"),
        pytest.param("c☠nt", "cunt", id="emoji-as-a-mask"),
        pytest.param("k❗ll", "kill", id="emoji-as-a-letter"),
        pytest.param("🇯🇪🇼🇸 out", "jews out", id="letters-of-flags"),
    ],
)
def test_the_words_are_read(reader: Reader, disguised: str, words: str) -> None:
    assert reader.undone(disguised) == words


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Happy Pride 🏳️‍🌈", id="flag-at-the-end"),
        pytest.param("🇵🇰🇮🇳 cricket tonight", id="two-flags"),
        pytest.param("great turnout 🐷🔥", id="decoration"),
        pytest.param("saw mrs cockburn in penistone", id="names"),
        pytest.param("my mother-in-law mailed electoral-commission.example", id="compounds-and-addresses"),
        pytest.param("ask @killalljews or see https://x.example/killalljews", id="handles-and-links"),
        pytest.param("donaudampfschiffahrt, sluter, pakka", id="other-languages"),
    ],
)
def test_what_stands_for_no_other_words_stays(reader: Reader, text: str) -> None:
    kept = text.lower().replace("\ufe0f", "").replace("\u200d", "")
    assert reader.undone(text) == kept


@pytest.mark.parametrize(
    ("text", "disguised"),
    [
        pytest.param("teh jews are vermin", False, id="a-typo-beside"),
        pytest.param("the jews are vemrin", False, id="letters-swapped"),
        pytest.param("teh jews are vemrin and www.example.org says hi", False, id="beside-a-link"),
        pytest.param("the mslms are vermin", True, id="vowels-left-out"),
        pytest.param("the jews are v3rmin", True, id="digits"),
        pytest.param("teh jewsarevermin", True, id="run-together"),
        pytest.param("the ver min are jews", True, id="cut-up"),
        pytest.param("teh mucs era swej", True, id="backwards"),
    ],
)
def test_a_slip_of_the_hand_is_no_disguise(reader: Reader, text: str, disguised: bool) -> None:
    findings = reader.read(text)[1].findings
    assert findings
    assert {finding.disguised for finding in findings} == {disguised}


def test_of_slips_and_disguise_in_one_message_each_is_told_from_the_other(reader: Reader) -> None:
    text = "k1ll all muslims, teh jews are vemrin"
    found = {finding.kind: finding.disguised for finding in reader.read(text)[1].findings}
    assert found["threat"]
    assert not found["identity-attack"]


@pytest.mark.parametrize(
    "hashtag",
    ["#StandUpToRacism", "standuptoracism", "come along #StandUpToRacism on saturday", "teh #StandUpToRacism march"],
)
def test_a_hashtag_of_harmless_words_alarms_nobody(rules_and_model: Checker, hashtag: str) -> None:
    assert rules_and_model.check(StreamedMessage(id="1", text=hashtag)).decision.action is Action.ALLOW


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("getoutandvote", "get out and vote"),
        ("seeyouatthehustings", "see you at the hustings"),
        ("whatabeautifulday", "what a beautiful day"),
        ("iwillmurderyouandyourfamily", "i will murder you and your family"),
    ],
)
def test_the_model_judges_a_run_as_the_words_it_is_made_of(rules_and_model: Checker, run: str, words: str) -> None:
    read = [rules_and_model.check(StreamedMessage(id="1", text=text)).assessment.scores for text in (run, words)]
    assert read[0] is not None
    assert read[0] == read[1]


@pytest.mark.parametrize("spelt", ["w e w i l l c o m e", "c o m e f o r t e a"])
def test_few_letters_apart_are_no_sentence_unless_a_word_of_abuse_is_in_it(reader: Reader, spelt: str) -> None:
    assert reader.undone(spelt) == spelt


def test_a_word_in_a_run_is_found_where_it_stands(reader: Reader) -> None:
    text = "look: youareadirtyvermin"
    view = reader.read(text)[0].views[-1]
    start = view.text.index("vermin")
    span = view.original_span(start, start + len("vermin"))
    assert text[span.start : span.end] == "vermin"
