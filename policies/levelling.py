"""One name for all of a kind, so that a classifier cannot tell whom a sentence names.

A model learns from what people wrote, and with it whom they wrote about: the same words about another party, creed or
people get another score. Before a classifier reads a text, every party goes by the name of one of them, so does every
leader, creed, people, sex, age, orientation and disability, and every member (`levelling_people.py`). Which name
stands for all of a kind makes no difference to the verdict on any of them: it is the same for each. The rules read
what was written, and so do people.
"""

import re2

from policies.forms import Words, compiled_form
from policies.levelling_people import People

_FOLK = r"(?:people|peoples|folks?|ppl|persons)"
_RACES = (
    "black", "asian", "east_asian", "arab", "palestinian", "israeli", "white", "roma", "irish", "english", "scottish",
    "welsh", "east_european", "nationality", "indigenous", "migrant",
)  # fmt: skip
_CREEDS = ("jewish", "muslim", "christian", "hindu", "sikh", "belief")
_SIDES = (
    "tor(?:y|ies)|conservatives|labourites?|lib ?dems?|liberal democrats?|cdu|afd|spd|sdlp|uup|snp|dup|fianna fail"
    "|fine gael|plaid(?: cymru)?|sinn fein|shinners|kippers|ukip|brexiteers?|brexiters?|remainers?|remoaners?"
    "|corbynites?|corbynistas?|blairites?|starmerites?|thatcherites?|faragists?|trots|trotskyists?|tankies|lefties"
    "|leftists?|left[- ]?wingers?|right[- ]?wingers?|communists?|commies|socialists?|marxists?|centrists?"
    "|republicans|democrats|greens|liberals|unionists|nationalists|loyalists"
)
_AGES = (
    "the elderly|(?:old age )?pensioners|oaps|boomers|over[- ]?(?:60|65|70|75|80)s|millennials|zoomers|teenagers"
    "|youngsters|geriatrics"
)
"""Ages told by one word; "the old" and "the young" are left, as what follows is as often a banner or a dog."""
_CAPITALS = (
    "(?:Your|Workers) Party|Britain First|Restore Britain|Advance UK|Mebyon Kernow|Women's Equality|Vox|PiS|Likud"
    "|Fidesz|BJP|TUV|Alba|Labour|Conservative|Green|Reform|Liberal|Alliance|Democrat|Republican|Unionist|Nationalist"
    "|Loyalist|Momentum"
)
"""Names of parties and sides that are words of every day as well, so that only a capital makes them names."""


class Leveller:
    """Gives a text in which all of a kind go by one name; built over the word lists of the lexicons."""

    def __init__(self, words: Words) -> None:
        def any_of(*names: str) -> str:
            return "|".join(f"{{{name}}}" for name in names)

        def pattern(written: str, *, exact: bool = False) -> "re2._Regexp[str]":
            form = str(compiled_form(f"(?:{written})", words))
            return re2.compile(form if exact else f"(?i){form}")

        creed = any_of(*(f"{name}_adj" for name in _CREEDS))
        race = any_of(*(f"{name}_adj" for name in _RACES))
        love = any_of("gay_adj", "trans_adj", "straight_adj")
        body = any_of("disabled_adj")
        crowd = "(?:{persons}|{person})"
        self._rules: list[tuple[re2._Regexp[str], str]] = [
            (pattern(f"(the )?(?:(?:{creed}) {_FOLK}|{any_of(*(f'{name}_many' for name in _CREEDS))})"), r"\1muslims"),
            (pattern(f"{creed}|{any_of(*(f'{name}_one' for name in _CREEDS))}"), "muslim"),
            (pattern(f"(?:{race}) {_FOLK}"), "romanians"),
            (pattern(f"(?:{race}) ({crowd})"), r"romanian \1"),
            (pattern(f"(the )?(?:{any_of(*(f'{name}_many' for name in _RACES))})"), r"\1romanians"),
            (pattern(any_of(*(f"{name}_one" for name in _RACES))), "romanian"),
            (pattern(f"(?:{love}) {_FOLK}"), "gay people"),
            (pattern(f"(?:{love}) ({crowd})"), r"gay \1"),
            (pattern(f"(the )?(?:{any_of('gay_many', 'trans_many', 'straight_many')})"), r"\1gay people"),
            (pattern(f"(the )?(?:(?:{body}) {_FOLK}|{any_of('disabled_many')})"), r"\1disabled people"),
            (pattern(f"(?:{body}) ({crowd})"), r"disabled \1"),
            (pattern(f"(?:{any_of('age_adj')}) {_FOLK}|{_AGES}"), "pensioners"),
            (pattern(any_of("age_one")), "pensioner"),
            (pattern(f"(the )?(?:{any_of('women_many', 'men_many')})"), r"\1women"),
            (pattern(f"(?:{_SIDES}|{{party}}) (?:voters|supporters|people|folks?)"), "tories"),
            (pattern(f"(?:{_SIDES}) ({crowd})"), r"tory \1"),
            (pattern(_SIDES), "tories"),
            (pattern(f"(?:{_CAPITALS})(?: UK| Party)? (?:voters|supporters|people|folks?)", exact=True), "tories"),
            (pattern(f"(?:{_CAPITALS})(?: UK| Party)? ({crowd})", exact=True), r"tory \1"),
            (pattern(f"(?:{_CAPITALS})(?: UK| Party)?", exact=True), "tories"),
            (pattern("(?:(?:sir|dame) )?(?:{leader_in_full}|(?:(?:{leader_forename}) )?(?:{leader}))"), "starmer"),
        ]
        self._people = People(words)

    def __call__(self, text: str) -> str:
        """Give the text with one name for all of a kind; what it names nobody in, it leaves as it is."""
        for found, name in self._rules:
            if found.search(text):
                text = found.sub(name, text)
        return self._people(text)
