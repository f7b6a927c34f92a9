"""`hustings models list|fetch|use|export`, and the commands that take a model's folder."""

import json
import re
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.classifiers.detoxify import WEIGHTS
from bot.classifiers.embedded import shipped
from bot.classifiers.files import FACTS, MODEL
from bot.classifiers.variants import VARIANTS, VariantName
from bot.cli import app
from bot.settings import Settings
from bot.settings_sources import read_sources

CHECKPOINT = VARIANTS[VariantName.ORIGINAL].checkpoint
without_torch = pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")


def needs_torch(test: Callable[..., None]) -> Callable[..., None]:
    """Leave a test to `./hustings test --ml`."""
    missing = pytest.mark.skipif(find_spec("torch") is None, reason="Detoxify needs torch: ./hustings test --ml")
    return pytest.mark.ml(missing(test))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("HUSTINGS_SCORER", "HUSTINGS_SCORER_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def hustings(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def said(result: Result) -> str:
    return re.sub(r"\s+", " ", result.output)


def settings(folder: Path) -> dict[str, object]:
    return read_sources(Settings, folder / "hustings.yaml", {}, must_exist=True).file


def test_the_list_says_how_to_get_what_is_not_here() -> None:
    listed = said(hustings("models", "list"))
    for name in VariantName:
        assert f"detoxify-{name} not here: hustings models fetch {name}" in listed
    assert re.search(r"party-minilm\S* [\d.]+ MB ready, hashes right, in use", listed)


def test_the_list_says_which_files_are_damaged(folder: Path) -> None:
    copy = Path(shutil.copytree(shipped(), folder / "models" / "ours"))
    (copy / MODEL).write_bytes(b"damaged")
    assert "models/ours unusable: models/ours/model.onnx is not the file it should be" in said(
        hustings("models", "list")
    )


def test_a_choice_is_tried_and_written(folder: Path) -> None:
    copy = shutil.copytree(shipped(), folder / "models" / "ours")
    done = hustings("models", "use", "models/ours")
    assert done.exit_code == 0
    assert re.search(r"party-minilm/\S+ loads and answers: \d+ ms", said(done))
    assert settings(folder) == {"scorer": "embedded", "scorer_folder": "models/ours"}
    assert "in models/ours" in said(hustings("models", "list"))
    assert hustings("models", "use", "none").exit_code == 0
    assert settings(folder) == {"scorer": "none"}
    assert copy


def test_a_model_that_does_not_load_is_not_chosen(folder: Path) -> None:
    copy = Path(shutil.copytree(shipped(), folder / "ours"))
    (copy / MODEL).unlink()
    (folder / "hustings.yaml").write_text("scorer: none\n", "utf-8")
    done = hustings("models", "use", "ours")
    assert done.exit_code == 2
    assert "The settings were left as they are." in said(done)
    assert settings(folder) == {"scorer": "none"}


def test_what_is_no_choice_is_told(folder: Path) -> None:
    done = hustings("models", "use", "unbiassed")
    assert done.exit_code == 2
    assert "unbiassed is neither a folder nor `embedded` or `none`" in said(done)
    assert not (folder / "hustings.yaml").exists()


def test_a_choice_that_the_environment_overrules_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_SCORER", "none")
    assert "HUSTINGS_SCORER is set in the environment and goes before the file" in said(
        hustings("models", "use", "embedded")
    )


def test_detoxify_without_a_folder_says_how_to_get_one() -> None:
    done = hustings("check", "--scorer", "detoxify", given='{"id": "1", "text": "hello all"}\n')
    assert done.exit_code == 2
    assert "--scorer detoxify: no folder of a Detoxify model is named. Fetch one with" in said(done)


@pytest.mark.parametrize("wrong", ["12", "g" * 64])
def test_a_hash_that_is_none_is_told(wrong: str) -> None:
    done = hustings("models", "fetch", "original", "--sha256", wrong)
    assert done.exit_code == 2
    assert "--sha256 takes the whole hash" in said(done)


@without_torch
@pytest.mark.parametrize("arguments", [("fetch", "original"), ("export", "a", "b")], ids=["fetch", "export"])
def test_without_the_extra_it_is_told_before_anything_is_fetched(folder: Path, arguments: tuple[str, ...]) -> None:
    done = hustings("models", *arguments)
    assert done.exit_code == 2
    assert "is missing. Run: pip install -e '.[ml]'" in said(done)
    assert list(folder.iterdir()) == []


@pytest.fixture
def given(folder: Path) -> str:
    """Write a tiny checkpoint into the folder `given`, and give its SHA-256."""
    from tests.bot.classifiers.tiny_detoxify import given_files  # noqa: PLC0415 - needs torch

    return given_files(VariantName.ORIGINAL, folder / "given")


@needs_torch
def test_from_files_in_a_folder_to_decisions(folder: Path, given: str) -> None:
    fetched = hustings("models", "fetch", "original", "--from", "given", "--sha256", given)
    assert fetched.exit_code == 0, fetched.output
    made = folder / "models" / "detoxify-original"
    assert (made / WEIGHTS).is_file()
    assert (folder / "given" / CHECKPOINT.file).is_file(), "what was given is not taken away"

    exported = hustings("models", "export", str(made), "models/small", "--most-drift", "1")
    assert exported.exit_code == 0, exported.output
    assert "decisions changed" in exported.output

    used = hustings("models", "use", "models/small")
    assert used.exit_code == 0, used.output
    assert settings(folder) == {"scorer": "detoxify", "scorer_folder": "models/small"}
    listed = said(hustings("models", "list"))
    assert re.search(
        r"detoxify-original/torch@\w{12} in models/detoxify-original [\d.]+ MB ready, hashes right ", listed
    )
    assert re.search(
        r"detoxify-original/onnx-int8@\w{12} in models/small [\d.]+ MB ready, hashes right, in use", listed
    )

    line = json.dumps({"id": "1", "text": "the hall is booked for Thursday"}) + "\n"
    for options in (("--scorer", "detoxify"), ("--model", str(made))):
        checked = hustings("check", *options, given=line)
        assert checked.exit_code == 0, checked.output
        answer = json.loads(checked.output)
        assert answer["scorer"].startswith("detoxify-original/")
        assert answer["scores"]["toxicity"] > 0.0
        assert answer["scores"]["sexual_explicit"] == 0.0

    explained = json.loads(hustings("explain", "--scorer", "detoxify", "--json", "the hall is booked").output)
    assert explained["model"]["labels"] == [
        "toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack",
    ]  # fmt: skip
    assert explained["model"]["parts"][0]["view"] == "as written"

    rows = [{"text": "hello all of you", "want": "ok"}, {"text": "a motion about bins", "want": "abuse"}]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    evaluated = hustings("models", "evaluate", "--model", "models/small", "rows.jsonl")
    assert evaluated.exit_code == 0, evaluated.output
    assert "detoxify-original/onnx-int8@" in evaluated.output


@needs_torch
def test_a_folder_that_holds_a_model_is_not_written_over(folder: Path, given: str) -> None:
    arguments = ("models", "fetch", "original", "--from", "given", "--sha256", given, "--to", "here")
    assert hustings(*arguments).exit_code == 0
    before = (folder / "here" / FACTS).read_bytes()
    done = hustings(*arguments)
    assert done.exit_code == 2
    assert "here holds a model already" in said(done)
    assert (folder / "here" / FACTS).read_bytes() == before


@needs_torch
def test_a_checkpoint_with_another_hash_is_not_even_looked_into(folder: Path, given: str) -> None:
    done = hustings("models", "fetch", "original", "--from", "given")
    assert done.exit_code == 2
    assert f"{CHECKPOINT.file} is not the file it should be: its SHA-256 begins {given[:16]}" in said(done)
    assert not (folder / "models" / "detoxify-original" / FACTS).exists()


@needs_torch
@pytest.mark.parametrize("name", list(VariantName))
def test_without_a_network_one_sentence_says_what_is_wrong_and_another_the_way_out(name: VariantName) -> None:
    done = hustings("models", "fetch", name, "--mirror", "http://127.0.0.1:1")
    assert done.exit_code == 2
    told = said(done)
    assert f"http://127.0.0.1:1/{VARIANTS[name].checkpoint.file} cannot be reached" in told
    assert f"Without a network here: fetch {VARIANTS[name].checkpoint.address}" in told
    assert f"`hustings models fetch {name} --from FOLDER`" in told
    assert "Traceback" not in told


@needs_torch
def test_a_file_that_is_not_in_the_folder_is_told_by_name(folder: Path) -> None:
    (folder / "empty").mkdir()
    done = hustings("models", "fetch", "unbiased", "--from", "empty")
    assert done.exit_code == 2
    assert "toxic_debiased-c7548aa0.ckpt is not in empty" in said(done)
