"""Every disguise is tried on every phrase: most of what the rules find plainly they find in disguise."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.classifiers.embedded import EmbeddedModel, shipped
from bot.classifiers.wording import readings
from handlers.checking import Checker, StreamedMessage
from policies.assess import Reader
from policies.decisions import Action
from policies.lexicon_files import house_reader
from policies.load import house_policy
from tests.policies.text.disguises import PHRASES, WAYS

CORPUS = Path(__file__).parents[2] / "corpus"
HARDER = {
    "armenian": 0.35,
    "empty-bold-inside": 0.55,
    "letters-apart-by-arrows": 0.45,
    "line-breaks-inside": 0.25,
    "vowels-doubled": 0.45,
}
"""Ways of which less is caught: a sign stands for two letters, or what it makes are words as well."""
EACH, ALL = 0.6, 0.93
"""Of the phrases of one way, and of all ways together."""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return house_reader()


@pytest.fixture(scope="module")
def caught(reader: Reader) -> dict[str, list[bool]]:
    rules = Checker(reader, house_policy())

    def acted_on(text: str) -> bool:
        return rules.check(StreamedMessage(id="1", text=text)).decision.action is not Action.ALLOW

    assert all(acted_on(phrase) for phrase in PHRASES)
    return {way: [acted_on(disguise(phrase)) for phrase in PHRASES] for way, disguise in WAYS.items()}


@pytest.mark.parametrize("way", WAYS)
def test_the_rules_see_through_each_way(caught: dict[str, list[bool]], way: str) -> None:
    assert sum(caught[way]) >= HARDER.get(way, EACH) * len(PHRASES), [
        WAYS[way](phrase) for phrase, hit in zip(PHRASES, caught[way], strict=True) if not hit
    ]


def test_the_rules_see_through_nearly_all_ways_together(caught: dict[str, list[bool]]) -> None:
    tried = len(WAYS) * len(PHRASES)
    assert sum(map(sum, caught.values())) >= ALL * tried


@pytest.mark.parametrize("way", ["small-capitals", "bold-script", "cherokee", "east-asian", "braille", "code-inside"])
def test_the_model_judges_the_words_and_not_their_disguise(reader: Reader, way: str) -> None:
    model = EmbeddedModel(shipped(), reader.undone)
    plain, disguised = model.score(["kill yourself", WAYS[way]("kill yourself")])
    assert plain
    assert disguised
    assert disguised.abuse >= plain.abuse


def test_the_model_is_not_asked_about_other_languages_in_letters_that_look_latin(reader: Reader) -> None:
    model = EmbeddedModel(shipped(), reader.undone)
    assert model.score(["Кто там? Я сам, тот кот и нос", "ΝΙΚΟΣ ΚΑΙ ΜΑΡΙΑ ΣΤΗΝ ΑΘΗΝΑ"]) == [None, None]


def test_ordinary_talk_is_shown_to_the_model_as_it_stands(reader: Reader) -> None:
    rows = [row for file in CORPUS.glob("*.yaml") for row in YAML(typ="safe").load(file.read_text("utf-8"))]
    talk = [row["text"] for row in rows if row["want"] == "pass" and row.get("way") != "harmless"]
    plain = [text for text in talk if text.isascii() and not any(char.isdigit() for char in text)]
    assert len(plain) >= 500
    changed = [text for text in plain if readings(text, reader.undone) != readings(text, str.lower)]
    assert len(changed) <= 0.005 * len(plain), changed
