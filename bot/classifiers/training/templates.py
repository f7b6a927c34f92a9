"""Contrast templates: filled so that every group, party and person stands in abuse and in its opposite alike."""

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from bot.classifiers.training.rows import Row, labels_of

DATA = Path(__file__).parent / "data"
_SLOT = re.compile(r"\{(\w+)\}")


def filled(path: Path = DATA / "templates.yaml", *, each: int = 40, seed: int = 7) -> list[Row]:
    """Fill every template at most `each` times with different words; a template is one group."""
    written: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    chance = random.Random(seed)
    rows: list[Row] = []
    for template in written["templates"]:
        pattern, kind = template["text"], template["kind"]
        slots = list(dict.fromkeys(_SLOT.findall(pattern)))
        decks = {slot: chance.sample(written["slots"][slot], len(written["slots"][slot])) for slot in slots}
        fills = min(each, max(len(deck) for deck in decks.values()))
        texts = [_SLOT.sub(partial(_word, decks, number), pattern) for number in range(fills)]
        group = f"template/{hashlib.sha256(pattern.encode()).hexdigest()[:8]}"
        rows.extend(
            Row(
                text=text,
                labels=labels_of(kind),
                stance=template["stance"],
                source="templates",
                group=group,
                kind=kind,
            )
            for text in dict.fromkeys(texts)
        )
    return rows


def _word(decks: Mapping[str, Sequence[str]], number: int, slot: re.Match[str]) -> str:
    deck = decks[slot.group(1)]
    return str(deck[number % len(deck)])
