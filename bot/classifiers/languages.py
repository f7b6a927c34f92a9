"""Whether a text is in the language the shipped model was trained on, told by letters and by little words."""

import re
from collections.abc import Collection
from functools import cache

from policies.lexicon_files import house_leveller
from policies.text.dictionary import dictionary

_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LATIN_OR_CYRILLIC = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u04ff]")
_WORD = re.compile(r"[^\W\d_]+")

_ENGLISH_WORDS = (
    "the of and to in is you that it he was for on are with as his they be at this have from or one had by but "
    "not what all were we when your can said there an each which she do how their if will up about out them "
    "then these her would him has who its now my than been i me our us no so just like get got am did does go "
    "any only too some more off here why where because should could must never please thanks let"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_OTHER = {
    "Welsh": "mae yn yr y ydy ddim gyda ond oedd wedi fydd nos bore da pawb diolch cyfarfod heno bod gan nid hefyd "
    "eto ar gyfer dw sy r n bydd bryd ma rwy chi ni eu ei sydd pam beth sut fel",
    "Irish": "agus tá níl ní ach leis seo sin raibh bhí ag an go maith liom duit anocht cruinniú gach mar ár bhur "
    "siar brón orm dtí",
    "Gaelic": "agus tha chan eil bha an robh cha bu mhath leam seo sin tapadh leibh air gus",
    "French": "le la les des une est et pas que qui pour dans avec nous vous je il elle sur ce cette mais sont très du "
    "au aux être c j d l qu ont notre votre",
    "German": "der die das und ist nicht ein eine mit für auf wir ihr sie ich auch aber sind wird dem den von zu im "
    "wie nur noch bei haben",
    "Spanish": "el los las una es y no que para con por pero nosotros está muy del al como más su este esta hay somos",
    "Polish": "nie jest się na do że w z i to dla jak ale są będzie dziś wszyscy o po co tak czy za od",
    "Romanian": "și nu este pentru cu din la că sunt mai în ce dar noi voi avem de pe o să va",
    "Somali": "waa iyo waxaa ka ku oo ah la in uu aan soo maanta mahadsanid shirka",
    "Punjabi": "hai da di de nu te asi tusi ki nahi vich naal sat sri ji kal aaj ne hun saade",
    "Urdu": "hai ka ki ke ko se mein nahi aap hum aur yeh woh kya bhi tha aaj ne kal shukriya",
    "Italian": "il lo gli una è e non che per con di del sono ma siamo questo questa anche come",
    "Portuguese": "o os as uma é e não que para com por mas nós está muito do da em como mais",
}
_LITTLE = {name: frozenset(words.split()) - _ENGLISH for name, words in _OTHER.items()}
_ENOUGH = 3
"""Words that a text needs before its little words can tell anything."""


def other_letters(text: str, known: Collection[str] = ()) -> bool:
    """Whether most letters of a text are of another script than the languages in `known` and English are written in."""
    if text.isascii():
        return False
    script = _LATIN_OR_CYRILLIC if "Russian" in known else _LATIN
    letters = _LETTER.findall(text)
    return sum(1 for letter in letters if not script.match(letter)) * 2 > len(letters)


def unknown_language(text: str, known: Collection[str] = ()) -> bool:
    """Whether a text is mostly in another script than Latin, or has the little words of another language alone.

    English is known anyway, and of the others those in `known`; `Russian` there makes Cyrillic letters known.
    """
    if other_letters(text, known):
        return True
    words = {word.lower() for word in _WORD.findall(text)}
    english = len(words & _ENGLISH)
    if not english and not known and _strange(text):
        return True
    if len(words) < _ENOUGH:
        return False
    foreign = max(_told(words & little) for name, little in _LITTLE.items() if name not in known)
    familiar = max((len(words & little) for name, little in _LITTLE.items() if name in known), default=0)
    return foreign >= 2 and foreign > 2 * english and foreign > familiar and foreign * 6 >= len(words)


def _strange(text: str) -> bool:
    """Whether of words none of which is a little word of English most are no English at all.

    All of a kind go by one name in the text, so that whom a sentence names does not decide.
    """
    readable = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is no letter of any language
    words = [word for word in {word.lower() for word in _WORD.findall(house_leveller()(readable))} if len(word) > 1]
    return len(words) > 1 and sum(word not in _dictionary() for word in words) * 2 > len(words)


@cache
def _dictionary() -> frozenset[str]:
    return frozenset(dictionary().english)


def _told(found: Collection[str]) -> int:
    """Give how much little words tell: nothing if all of them are single letters, as of words written apart."""
    return len(found) if any(len(word) > 1 for word in found) else 0
