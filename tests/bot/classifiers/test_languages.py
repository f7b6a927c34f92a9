"""The model knows English; what it does not know is said, and English of every sort is let through."""

import pytest

from bot.classifiers.languages import unknown_language


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Mae'r cyfarfod nos Fercher, diolch i bawb", id="welsh"),
        pytest.param("Tá an cruinniú ar siúl anocht agus fáilte roimh chách", id="irish"),
        pytest.param("La réunion est dans la salle des fêtes avec nous tous", id="french"),
        pytest.param("Spotkanie nie jest dziś, bo sala jest zajęta", id="polish"),
        pytest.param("Собрание переносится на четверг", id="russian"),
        pytest.param("ההצבעה מחר בערב", id="hebrew"),
        pytest.param("الاجتماع غدا مساء", id="arabic"),
        pytest.param("Sitzung morgen Abend, bringt Kuchen", id="german-without-little-words"),
        pytest.param("meeting kal hai, sab log aap ke saath aao", id="urdu-in-latin-letters"),
    ],
)
def test_another_language_is_told(text: str) -> None:
    assert unknown_language(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("lol", id="one-word"),
        pytest.param("🔪🔪🔪", id="no-letters"),
        pytest.param("yer man frae the cooncil says the bins are aff", id="scots"),
        pytest.param("que sera sera, see you all at the count", id="a-borrowed-phrase"),
        pytest.param("Cllr Llewellyn spoke well on the Eisteddfod motion", id="welsh-names"),
        pytest.param("bro thinks he's che guevara, he's che gue-virgin", id="slang"),
        pytest.param("уou аre vermin, all of you", id="look-alike-letters"),
        pytest.param("Deselect the lot of them", id="no-little-words-of-either"),
        pytest.param("v o t e  i n  o r d e r", id="letters-apart"),
        pytest.param("y.0.u.r s.3.c.r.3.t.a.r.y w.1.l.l r.3.s.1.g.n", id="dotted-digits-for-letters"),
    ],
)
def test_english_is_read(text: str) -> None:
    assert not unknown_language(text)
