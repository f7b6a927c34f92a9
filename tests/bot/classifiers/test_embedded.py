"""The shipped model: whole, offline, steady, and said to be unusable where it is."""

import json
import shutil
from pathlib import Path

import pytest

from bot.classifiers.embedded import FACTS, MODEL, TOKENIZER, EmbeddedModel, read_facts, shipped
from bot.classifiers.errors import ModelError
from bot.classifiers.files import verify
from bot.classifiers.heads import HEADS, OUTPUTS
from policies.findings import Scores
from policies.lexicon_files import house_reader

LONG = "The bins were not collected again on our street this week. " * 60
ABUSE = "Do the ward a favour and hang yourself, you worthless parasite."


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel(shipped(), house_reader().undone)


def one(model: EmbeddedModel, text: str) -> Scores:
    (scores,) = model.score([text])
    assert scores is not None
    return scores


def test_the_shipped_model_is_small_enough_to_ship() -> None:
    assert (shipped() / MODEL).stat().st_size <= 30_000_000


def test_the_plainest_cases_are_told_apart(model: EmbeddedModel) -> None:
    assert one(model, ABUSE).abuse > 0.5
    assert one(model, "Leaflets are in the hall, could two people take Mill Lane?").abuse < 0.2


def test_answers_come_in_the_order_of_the_texts_whatever_their_lengths(model: EmbeddedModel) -> None:
    texts = ["See you at seven, bring tea.", ABUSE, LONG, "Motion 7 falls.", ABUSE + " " + LONG]
    together = model.score(texts)
    alone = [one(model, text) for text in texts]
    for batched, single in zip(together, alone, strict=True):
        assert batched is not None
        assert batched.abuse == pytest.approx(single.abuse, abs=0.05)


def test_what_else_is_read_at_once_moves_no_score(model: EmbeddedModel) -> None:
    texts = ["See you at seven, bring tea.", ABUSE, "See you at eight, bring cake, and tell Siân.", ABUSE.upper()]
    assert model.score(texts) == [one(model, text) for text in texts]


def test_abuse_at_the_end_of_a_long_message_is_seen(model: EmbeddedModel) -> None:
    assert one(model, LONG + ABUSE).abuse > one(model, LONG).abuse + 0.2


def test_disguise_does_not_help(model: EmbeddedModel) -> None:
    disguised = ABUSE.replace("parasite", "p a r a s i t e").replace("hang", "h4ng")
    assert one(model, disguised).abuse > one(model, ABUSE).abuse - 0.25


def test_a_language_it_does_not_know_gets_no_score(model: EmbeddedModel) -> None:
    scores = model.score(["Mae'r cyfarfod nos Fercher, diolch i bawb", "The meeting is on Wednesday"])
    assert scores[0] is None
    assert scores[1] is not None


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b", "🙂", "x" * 50_000, "\ud800", "a\x00b", "((((" * 2_000])
def test_no_text_breaks_it(model: EmbeddedModel, text: str) -> None:
    (scores,) = model.score([text])
    assert scores is None or all(0.0 <= value <= 1.0 for value in scores.as_dict().values())


def test_nothing_asked_is_nothing_answered(model: EmbeddedModel) -> None:
    assert model.score([]) == []


def test_the_record_names_the_model_by_its_hash(model: EmbeddedModel) -> None:
    assert model.name.startswith("party-minilm/")
    assert model.name.endswith(model.facts.sha256[MODEL][:12])


def test_every_output_of_the_model_has_a_name(model: EmbeddedModel) -> None:
    assert model._session.get_outputs()[0].shape[-1] == OUTPUTS
    assert set(model.facts.cuts) <= set(HEADS)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped(), tmp_path / "model"))


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_a_changed_file_is_not_opened(copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    with pytest.raises(ModelError, match=rf"{name} is not the file it should be"):
        EmbeddedModel(copy, str)


def test_a_missing_file_is_told_with_what_to_do(copy: Path) -> None:
    (copy / MODEL).unlink()
    with pytest.raises(ModelError, match=rf"has no {MODEL}, so that no model can be opened"):
        EmbeddedModel(copy, str)


def test_what_is_missing_of_the_shipped_model_is_put_back_by_installing() -> None:
    with pytest.raises(ModelError, match=r"cannot be read .* Install Hustings again"):
        verify(shipped() / "nothing.onnx", "")


@pytest.mark.parametrize("broken", ["{", "[]", json.dumps({"name": "x"})])
def test_damaged_facts_are_told(copy: Path, broken: str) -> None:
    (copy / FACTS).write_text(broken, encoding="utf-8")
    with pytest.raises(ModelError, match="is damaged"):
        read_facts(copy)
