"""Where scores come from is told by part, reading, stance and threshold."""

from collections.abc import Sequence

import pytest

from bot.classifiers.contributions import Contribution
from bot.classifiers.embedded import EmbeddedModel, shipped
from bot.explained_scores import account_lines, account_of, account_values
from policies.lexicon_files import house_reader
from policies.load import house_policy


class TwoParts:
    """A model that reads a message in two parts, the second of them disguised."""

    name = "two-parts"
    labels = ("toxicity", "threat")
    cuts = {"toxicity": 0.9}  # noqa: RUF012 - a property of the real ones

    def score(self, texts: Sequence[str]) -> list[None]:
        """Answer nothing; nobody asks."""
        return [None for _ in texts]

    def contributions(self, text: str) -> list[Contribution]:
        first = Contribution(view="as written", text=text, scores={"toxicity": 0.9, "threat": 0.1}, stances={})
        second = Contribution(
            view="disguise undone",
            text=text,
            scores={"toxicity": 0.2, "threat": 0.7},
            stances={"use": 0.8, "quote": 0.2},
        )
        return [first, second]


def test_each_label_is_traced_to_the_part_that_gave_it() -> None:
    account = account_of(TwoParts(), "w0rds", house_policy())
    assert account.fired == {"toxicity": 0, "threat": 1}
    lines = list(account_lines(account))
    assert "Part 1 of 2, as written (the classifier is shown: w0rds): gave toxicity 0.90" in lines
    assert "Part 2 of 2, disguise undone (the classifier is shown: w0rds): gave threat 0.70" in lines
    assert "  taken as use 0.80, quote 0.20" in lines


def test_what_rules_ask_of_scores_is_told_as_they_say_it_and_the_labels_that_are_missing() -> None:
    lines = "\n".join(account_lines(account_of(TwoParts(), "words", house_policy())))
    assert "Rule high-score asks for !context.explained && (scores.abuse > 0.5 || scores.abuse == 0.0 && (" in lines
    assert "This model gives no abuse and no identity_attack and no severe_toxicity: for a rule they are 0." in lines
    assert "On the model's own scale toxicity begins at 0.900; here that is shown as 0.50." in lines


def test_only_heads_that_the_policy_asks_for_are_told_of_and_doubt_only_where_something_was_found() -> None:
    account = account_of(EmbeddedModel(shipped(), house_reader().undone), "w0rds", house_policy())
    found, nothing = "\n".join(account_lines(account)), "\n".join(account_lines(account, doubts=False))
    assert "own scale abuse begins" in found
    assert not any(f"scale {other}" in found for other in ("spam", "impersonation"))
    assert "Where abuse is under 0.10, the classifier doubts what the rules take for plain" in found
    assert "(of a threat or a wish of death only under 0.06)" in found
    assert "doubts" not in nothing


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The hall is booked for Thursday.", id="one-part"),
        pytest.param("You are all 1d10ts and I w1ll find you.", id="disguised"),
        pytest.param("The bins were late again on our street. " * 40, id="long"),
    ],
)
def test_the_parts_of_the_shipped_model_add_up_to_its_scores(text: str) -> None:
    model = EmbeddedModel(shipped(), house_reader().undone)
    (scores,) = model.score([text])
    assert scores is not None
    account = account_of(model, text, house_policy())
    for label, at in account.fired.items():
        assert getattr(scores, label) == pytest.approx(account.parts[at].scores[label], abs=1e-3)
    mentions = [sum(part.stances[name] for name in ("quote", "report", "condemn")) for part in account.parts]
    assert scores.mention == pytest.approx(min(mentions), abs=1e-3)
    assert set(account_values(account)) >= {"labels", "parts", "fired", "thresholds"}
