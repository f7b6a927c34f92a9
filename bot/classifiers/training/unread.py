"""Words of an encoder's dictionary that no message brings before the model."""

import re
import unicodedata

from tokenizers import Tokenizer

_UNKNOWN = "[UNK]"
_UNUSED = re.compile(r"\[unused\d+\]")
_PIECE = "##"
_READ = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC")
"""Scripts whose letters stand in English messages now and then, as names, as jokes and as disguise."""


def unread_words(tokenizer: Tokenizer) -> list[int]:
    """Give the ids of the words without use, that of the unknown word first; none where there is no such word.

    They are those that the encoder's makers left free, and those with letters of scripts in which the model reads no
    message: in a message of another language they are as good as unknown, and each takes 388 bytes.
    """
    unknown = tokenizer.token_to_id(_UNKNOWN)
    if unknown is None:
        return []
    without = sorted(number for word, number in tokenizer.get_vocab().items() if _is_without_use(word))
    return [unknown, *without] if without else []


def _is_without_use(word: str) -> bool:
    letters = [letter for letter in word.removeprefix(_PIECE) if letter.isalpha()]
    if _UNUSED.fullmatch(word):
        return True
    return any(not unicodedata.name(letter, "").startswith(_READ) for letter in letters)
