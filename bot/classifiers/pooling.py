"""How the logits of one message become its scores: `abuse` is what all sorts of abuse say together."""

import numpy as np
from numpy.typing import NDArray

from bot.classifiers.heads import HEADS, SORTS

Floats = NDArray[np.float32]

_SORTS = [HEADS.index(sort) for sort in SORTS]
_ABUSE = HEADS.index("abuse")


def pooled(logits: Floats) -> Floats:
    """Give the logits of the heads, shape (texts, heads), with that of `abuse` taken from the sorts of abuse.

    The head trained for `abuse` is as sure of its worst mistakes as of its best catches; the sorts
    are not, and abuse that is of no sort at all is seldom abuse.
    """
    heads = np.array(logits[:, : len(HEADS)], np.float32)
    sorts = heads[:, _SORTS]
    most = sorts.max(axis=1, keepdims=True)
    heads[:, _ABUSE] = (most + np.log(np.exp(sorts - most).sum(axis=1, keepdims=True)))[:, 0]
    return heads
