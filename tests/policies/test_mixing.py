"""Fields of meaning and their mixtures: what is found, what is left alone, how far words may lie apart."""

from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.detectors import DetectorSet
from policies.fields import Fields, inflected
from policies.findings import Aim, Category, Certainty, Finding
from policies.kinds import KINDS
from policies.lexicon_files import house_reader
from policies.mixing import Mixer, Mixture
from policies.mixture_files import house_mixer, load_mixer
from policies.reading_yaml import InvalidLexiconsError

_SHIPPED = Path(__file__).parents[2] / "policies"


def _mixer(*needs: str, unless: Iterable[str] = (), reach: int = 150) -> Mixer:
    fields = Fields({"fruit": ["apple/n", "ripe plum"], "deed": ["bake/v:burnt"], "calm": ["quietly"]})
    mixture = Mixture(
        entry="fruit-deed",
        kind="insult",
        categories=(Category.INSULT,),
        aim=Aim.PERSON,
        needs=needs,
        unless=tuple(unless),
        reach=reach,
    )
    return Mixer(fields, [mixture])


def _find(mixer: Mixer, text: str) -> list[Finding]:
    return mixer.find(DetectorSet([]).normalise(text))


def test_words_of_each_field_close_together_are_a_suspicion_at_their_exact_place() -> None:
    (finding,) = _find(_mixer("fruit", "deed"), "Well, APPLES were (baking) all day.")
    assert "Well, APPLES were (baking) all day."[finding.span.start : finding.span.end] == "APPLES were (baking"
    assert finding.certainty is Certainty.LIKELY
    assert finding.entry == "mixtures/fruit-deed"


def test_one_field_alone_says_nothing() -> None:
    assert not _find(_mixer("fruit", "deed"), "apples and ripe plums")


def test_a_field_named_twice_needs_two_words() -> None:
    mixer = _mixer("fruit", "fruit")
    assert not _find(mixer, "one ripe plum")
    assert _find(mixer, "one ripe plum, two apples")


def test_words_farther_apart_than_the_reach_do_not_meet() -> None:
    mixer = _mixer("fruit", "deed", reach=30)
    assert _find(mixer, "apples they baked")
    assert not _find(mixer, f"apples {'and so on ' * 3}baked")


def test_other_talk_nearby_lifts_the_suspicion_but_not_from_afar() -> None:
    mixer = _mixer("fruit", "deed", unless=["calm"])
    assert not _find(mixer, "quietly apples baked")
    assert _find(mixer, f"quietly {'word ' * 120}apples baked")


@pytest.mark.parametrize("padding", [0, 140, 149, 150, 151, 290, 300, 449, 1000])
def test_a_mixture_is_found_wherever_it_stands_in_a_long_text(padding: int) -> None:
    text = f"{'x' * padding} apples {'y ' * 50}baked {'z ' * 300}"
    assert _find(_mixer("fruit", "deed"), text)


@given(st.text(max_size=400))
def test_no_text_upsets_the_house_mixer(text: str) -> None:
    for finding in _HOUSE.find(DetectorSet([]).normalise(text)):
        assert 0 <= finding.span.start < finding.span.end <= len(text)


def test_entries_are_written_out_in_their_forms() -> None:
    assert inflected("rat/n") == ("rat", "rats")
    assert inflected("bully/n") == ("bully", "bullies")
    assert inflected("torch/v") == ("torch", "torches", "torching", "torched")
    assert inflected("shoot/v:shot") == ("shoot", "shoots", "shooting", "shooted", "shot")
    assert inflected("in the blood") == ("in the blood",)


def test_every_mistake_in_the_files_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "fields.yaml").write_text("fruit: apple\n")
    (tmp_path / "mixtures.yaml").write_text(
        "- kind: insult\n  categories: [insult]\n  aim: person\n  mixtures:\n"
        "    - {needs: [fruit, stone]}\n    - {needs: [fruit, fruit], unless: [calm]}\n    - {needs: [fruit, fruit]}\n"
    )
    with pytest.raises(InvalidLexiconsError) as refused:
        load_mixer(tmp_path)
    assert [str(problem) for problem in refused.value.problems] == [
        "mixtures.yaml: fruit-stone: 'stone' is no field of fields.yaml; list it there",
        "mixtures.yaml: fruit-fruit: 'calm' is no field of fields.yaml; list it there",
        "mixtures.yaml: fruit-fruit: stands there twice; keep one",
    ]


def test_the_shipped_mixtures_give_kinds_that_rules_know() -> None:
    assert {kind["kind"] for kind in _yaml("mixtures/mixtures.yaml")} <= set(KINDS)


def test_every_people_of_the_lexicons_stands_in_the_fields() -> None:
    """Same words, same verdict: a people that a mixture cannot see would be treated apart."""
    words, fields = _yaml("lexicons/words.yaml"), _yaml("mixtures/fields.yaml")
    listed = {entry.strip() for field in ("people", "sexes") for entry in fields[field].split(",")}
    forms = product(words["characteristics"], ("adj", "many", "one"))
    plain = {word for name, form in forms for word in words[f"{name}_{form}"] if not set(word) & set("[(?\\")}
    assert len(plain) > 300
    assert plain <= listed


def test_what_a_lexicon_knows_is_not_said_again() -> None:
    _, assessment = house_reader().read("All Poles are filthy thieves")
    spans = [finding.span for finding in assessment.findings if finding.entry.startswith("mixtures/")]
    known = [finding.span for finding in assessment.findings if not finding.entry.startswith("mixtures/")]
    assert known
    assert not any(span.overlaps(other) for span in spans for other in known)


def _yaml(path: str) -> Any:
    return yaml.safe_load((_SHIPPED / path).read_text(encoding="utf-8"))


_HOUSE = house_mixer()
