"""Which words of a dictionary no message brings before the model."""

from tokenizers import Tokenizer
from tokenizers.models import WordLevel, WordPiece

from bot.classifiers.embedded import TOKENIZER, shipped
from bot.classifiers.training.unread import unread_words


def test_free_places_and_letters_of_other_scripts_are_without_use() -> None:
    words = [
        "[PAD]",
        "[unused7]",
        "[UNK]",
        "vote",
        "##é",
        "ж",
        "\u05d0",
        "\u0645",
        "\u9999",
        "##\u9999",
        "\u0ba4",
        "7",
        "!",
    ]
    tokenizer = Tokenizer(WordPiece({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    assert unread_words(tokenizer) == [2, 1, 8, 9, 10]


def test_a_dictionary_without_an_unknown_word_keeps_all() -> None:
    assert unread_words(Tokenizer(WordLevel({"vote": 0, "\u9999": 1}, unk_token="vote"))) == []


def test_of_the_shipped_dictionary_a_fourteenth_is_without_use_and_no_english_word() -> None:
    tokenizer = Tokenizer.from_file(str(shipped() / TOKENIZER))
    unread = unread_words(tokenizer)
    assert 2_000 < len(unread) < 2_300
    words = {tokenizer.id_to_token(number) for number in unread[1:]}
    assert not any(word.removeprefix("##").isascii() and word.removeprefix("##").isalpha() for word in words)
