"""Tiny random models in the layout of Detoxify's checkpoints; needs the `ml` extra."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from bot.classifiers.detoxify import DetoxifyFacts
from bot.classifiers.detoxify_fetch import make_folder
from bot.classifiers.embedded import shipped
from bot.classifiers.files import TOKENIZER, sha256_of
from bot.classifiers.variants import VARIANTS, VariantName

WORDS = 400
PLACES = 66
TEXTS = (
    "the hall is booked for thursday and the tea is on",
    "everybody who spoke at the meeting was wrong about the bins",
    "leaflets for mill lane are in the porch",
    "who moved the gazebo",
    "i will second the motion if the treasurer agrees to publish the accounts by friday",
)
_CLASSES = {
    VariantName.ORIGINAL: ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"],
    VariantName.UNBIASED: [
        "toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit",
    ],
    VariantName.MULTILINGUAL: [
        "toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit",
    ],
}  # fmt: skip
_OUTPUTS = {VariantName.ORIGINAL: 6, VariantName.UNBIASED: 16, VariantName.MULTILINGUAL: 7}
"""`unbiased` was trained on nine identities besides, and gives a number for each."""


def network(name: VariantName, *, places: int = PLACES, seed: int = 7, spread: float = 0.15) -> Any:
    """Make transformers' own network of a variant's architecture, small, random, with opinions on everything."""
    torch.manual_seed(seed)
    bert = name is VariantName.ORIGINAL
    made = getattr(transformers, VARIANTS[name].architecture)
    words = Tokenizer.from_file(str(shipped() / TOKENIZER)).get_vocab_size() if bert else WORDS
    config = made.config_class(
        vocab_size=words,
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=96,
        max_position_embeddings=places,
        type_vocab_size=2 if bert else 1,
        layer_norm_eps=1e-12 if bert else 1e-5,
        pad_token_id=0 if bert else 1,
        num_labels=_OUTPUTS[name],
        initializer_range=0.15,
    )
    built = made(config).eval()
    last = built.classifier if bert else built.classifier.out_proj
    with torch.no_grad():
        last.weight.normal_(0.0, spread)
    return built


def checkpoint(name: VariantName, path: Path, **shape: Any) -> Path:
    """Write a checkpoint as Detoxify publishes them: weights, and what the trainer was told."""
    made = network(name, **shape)
    state = dict(made.state_dict())
    root = "bert" if name is VariantName.ORIGINAL else "roberta"
    state[f"{root}.embeddings.position_ids"] = torch.arange(made.config.max_position_embeddings).unsqueeze(0)
    classes = _CLASSES[name]
    arguments = {
        "num_classes": _OUTPUTS[name],
        "model_type": "bert-base-uncased" if root == "bert" else f"{'xlm-' * (name == 'multilingual')}roberta-base",
        "model_name": VARIANTS[name].architecture,
        "tokenizer_name": VARIANTS[name].architecture.replace("ForSequenceClassification", "Tokenizer"),
    }
    config = {
        "name": "Jigsaw",
        "n_gpu": 1,
        "batch_size": 10,
        "arch": {"type": "BERT", "args": arguments},
        "dataset": {"type": "JigsawDataOriginal", "args": {"classes": classes, "test_csv_file": "test.csv"}},
        "optimizer": {"type": "Adam", "args": {"lr": 3e-05, "amsgrad": True}},
    }
    torch.save({"state_dict": state, "config": config}, path)
    return path


def small_tokenizer(path: Path) -> Path:
    """Write a byte-level tokenizer with RoBERTa's special words, learnt from a few sentences."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=WORDS,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(path))
    return path


def given_files(name: VariantName, folder: Path, **shape: Any) -> str:
    """Write what somebody would have fetched by hand, and give the checkpoint's SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    variant = VARIANTS[name]
    path = checkpoint(name, folder / variant.checkpoint.file, **shape)
    if variant.tokenizer is not None:
        small_tokenizer(folder / variant.tokenizer.file)
    return sha256_of(path)


def made_folder(name: VariantName, folder: Path, **shape: Any) -> DetoxifyFacts:
    """Make a model's folder from a tiny checkpoint, as `hustings models fetch --from` does."""
    variant = without_pin(name)
    digest = given_files(name, folder.parent / f"{folder.name}-given", **shape)
    given = folder.parent / f"{folder.name}-given"
    return make_folder(variant, folder, given=given, sha256=digest, tell=lambda _: None)


def without_pin(name: VariantName) -> Any:
    """Give a variant whose tokenizer may be any; the tiny ones are not those that are pinned."""
    variant = VARIANTS[name]
    return replace(variant, tokenizer=replace(variant.tokenizer, sha256="")) if variant.tokenizer else variant
