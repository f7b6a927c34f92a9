"""A larger network that learns the same rows first and then tells the small one how it reads every text."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from bot.classifiers.embedded import TOKENIZER, shipped
from bot.classifiers.heads import HEADS, OUTPUTS
from bot.classifiers.training.build_data import Data
from bot.classifiers.training.fit import Learner, Plan, filled, fit, mean_of_words
from bot.classifiers.training.lessons import LESSONS, VARIATIONS, Lesson, mean_lesson, write_lessons
from bot.classifiers.training.network import Network
from bot.classifiers.training.regained import kept_in
from bot.classifiers.wording import readings

PLAN = Plan(steps=1_300, longest=80, rate=4e-5, heads_rate=3e-4)
"""Rates for an encoder of some 110 million parameters; a larger one needs lower ones."""

_AT_ONCE = 64


class Teacher(Learner):
    """An encoder as transformers reads it from a folder, the mean of its words, and one linear layer of heads."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base, local_files_only=True, use_safetensors=True)
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.Linear(self.encoder.config.hidden_size, OUTPUTS)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)
        self._filler = self.encoder.config.pad_token_id

    def meaning(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Give the mean of the last states, shape (batch, width), for ids and mask of shape (batch, length)."""
        ids = torch.where(attention_mask > 0, input_ids, torch.full_like(input_ids, self._filler))
        states = self.encoder(input_ids=ids, attention_mask=attention_mask.long()).last_hidden_state
        return mean_of_words(states, attention_mask)


def teach(
    data: Data,
    *,
    base: Path,
    undo: Callable[[str], str],
    out: Path,
    plan: Plan,
    resume: Path | None = None,
    beside: Network | None = None,
    varied: int = 0,
    tell: Callable[[str], None] = print,
) -> Path:
    """Fit a teacher from the encoder in `base` and write what it says of every row to `out`; gives that file.

    What it says of so many `varied` texts, made from the own rows, goes to a file beside it. Where there is a network
    `beside` it, what is written is what the two say together.
    """
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    teacher = Teacher(base)
    if resume is not None:
        teacher.load_state_dict(kept_in(resume))
    if plan.steps:
        fit(
            teacher,
            data.parts,
            tokenizer=base / TOKENIZER,
            undo=undo,
            out=out,
            plan=plan,
            frozen=[teacher.encoder.embeddings],
            tell=tell,
        )
    out.mkdir(parents=True, exist_ok=True)
    rows = (row.text for part in data.parts for row in part.rows)
    asked = {LESSONS: rows, VARIATIONS: data.variations(varied, plan.seed) if varied else ()}
    for name, texts in asked.items():
        each = list(dict.fromkeys(texts))
        if each:
            read = [readings(text, undo)[0] for text in each]
            said = _answers(teacher.eval(), read, _tokenizer(base, plan), tell)
            if beside is not None:
                others = _answers(beside.eval(), read, _tokenizer(shipped(), plan), tell)
                said = [mean_lesson(one, other) for one, other in zip(said, others, strict=True)]
            write_lessons(dict(zip(each, said, strict=True)), out / name)
    return out / LESSONS


def _tokenizer(folder: Path, plan: Plan) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(plan.longest)
    return tokenizer


def _answers(teacher: Learner, texts: Sequence[str], tokenizer: Tokenizer, tell: Callable[[str], None]) -> list[Lesson]:
    ids = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    found: dict[int, Lesson] = {}
    for start in range(0, len(order), _AT_ONCE):
        places = order[start : start + _AT_ONCE]
        batch, mask = filled([ids[place] for place in places])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            meanings = teacher.meaning(batch, mask)
            logits = teacher.said(meanings)
        heads = torch.sigmoid(logits[:, : len(HEADS)].float()).tolist()
        stances = torch.softmax(logits[:, len(HEADS) :].float(), dim=1).tolist()
        for place, *answer in zip(places, heads, stances, meanings.half().numpy(), strict=True):
            found[place] = Lesson(*answer)
    tell(f"{len(found)} texts answered")
    return [found[place] for place in range(len(ids))]
