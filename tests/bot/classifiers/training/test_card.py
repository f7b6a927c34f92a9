"""A model's card says what it was made from, how good it is, and where it fails."""

from bot.classifiers.training.card import SHIPPED_ENCODER, TINY_ENCODER, card

METRICS = {
    "held back": {
        "rows": 40,
        "ranking": 0.9,
        "caught": "70.0% of 20 (50.0% to 90.0%)",
        "left alone": "95.0% of 20 (85.0% to 100.0%)",
        "by kind": {"threat": "60.0% of 5 (20.0% to 100.0%)"},
    },
    "trained on": {"own": {"rows": 4000, "share": 0.6}, "hatemoji": {"rows": 5000, "share": 0.12}},
    "encoder": {"is": SHIPPED_ENCODER, "parameters": 22_600_000},
    "gate": 0.02,
    "kept out by the leak guard": 3,
    "drift": [{"setting": "s8", "texts": 40, "flipped": 0.01, "mean": 0.02, "worst": 0.1}],
}


def test_every_source_stands_in_it_with_its_licence_and_share() -> None:
    written = card("made-up", "1", {"model.onnx": "0" * 64}, METRICS)
    assert "| own | 4,000 | 60.0% | Apache-2.0, written for this project |" in written
    assert "| hatemoji | 5,000 | 12.0% | CC BY 4.0, HannahKirk/Hatemoji (HatemojiBuild) |" in written


def test_every_figure_stands_in_it_with_its_interval_and_the_failings_follow() -> None:
    written = card("made-up", "1", {"model.onnx": "0" * 64}, METRICS)
    for figure in ("0.9", "70.0% of 20 (50.0% to 90.0%)", "60.0% of 5", "1.0% of decisions differ", "kept out 3 rows"):
        assert figure in written
    assert written.index("## How good it is") < written.index("## Where it fails")


def test_it_says_how_much_hangs_on_the_draw_or_that_this_is_not_known() -> None:
    runs = {
        "runs": {"1": {}, "2": {}, "3": {}},
        "ranking": "0.95 (0.94 to 0.96)",
        "caught": "0.70 (0.60 to 0.80)",
        "left alone": "0.99 (0.98 to 1.00)",
    }
    several, one = card("made-up", "1", {}, METRICS | {"seeds": runs}), card("made-up", "1", {}, METRICS)
    assert "the mean of 3 runs" in several
    assert "ranking 0.95 (0.94 to 0.96), caught 0.70 (0.60 to 0.80), left alone 0.99 (0.98 to 1.00)." in several
    assert "One seed was trained" in one
    assert "One seed was trained" not in several


def test_it_says_from_which_lessons_it_learnt_and_what_it_went_on_from() -> None:
    written = card("made-up", "1", {}, METRICS | {"origins": {"lessons": "abc", "weights": "def"}})
    assert "lessons with SHA-256 `abc`" in written
    assert "an earlier model\n(SHA-256 `def`)" in written
    without = card("made-up", "1", {}, METRICS)
    assert "larger network" not in without
    assert "earlier model" not in without


def test_layers_that_were_added_are_told() -> None:
    encoder = {"is": SHIPPED_ENCODER, "parameters": 26_200_000, "layers": 8}
    deeper = card("made-up", "1", {}, METRICS | {"encoder": encoder})
    assert "with layers added below its last, 2 of 8 in all,\nfine-tuned" in deeper
    assert "layers added" not in card("made-up", "1", {}, METRICS | {"encoder": encoder | {"layers": 6}})
    assert "layers added" not in card("made-up", "1", {}, METRICS)


def test_it_describes_the_encoder_that_was_trained_and_no_other() -> None:
    def of(encoder: str, parameters: int) -> str:
        return card("made-up", "1", {}, METRICS | {"encoder": {"is": encoder, "parameters": parameters}, "gate": 0.25})

    shipped, tiny, other = (
        of(SHIPPED_ENCODER, 22_600_000),
        of(TINY_ENCODER, 1_040_000),
        of("the folder `mpnet`", 109_000_000),
    )
    assert "MiniLM-L6 (22.6 million parameters" in shipped
    assert "the gate is 25 %" in shipped
    assert "MiniLM" not in tiny + other
    assert "An encoder of random weights, made to prove the pipeline\n(1.0 million parameters), trained whole" in tiny
    assert "use it for nothing else" in tiny
    assert "The encoder in the folder `mpnet` (109.0 million parameters)" in other
    assert "nobody has looked through" in other
    assert "nobody has looked through" not in shipped
