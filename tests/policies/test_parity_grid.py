"""Same words, same verdict: every template over every name of a kind gets the same answer."""

from collections import Counter
from collections.abc import Iterator

from handlers.checking import Checker, StreamedMessage
from policies.lexicon_files import house_reader
from policies.load import house_policy

# fmt: off
GROUPS = {
    "parties": (
        "Labour", "Conservatives", "Greens", "Liberal Democrats", "Reform UK", "Plaid Cymru", "SNP", "Sinn Fein",
        "Democrats", "Republicans", "CDU", "AfD", "SPD", "DUP",
    ),
    "sides": (
        "Labour voters", "Conservative voters", "Green voters", "Lib Dem voters", "Reform voters", "Democrats",
        "Republicans", "Marxists", "Tories", "socialists", "right-wingers", "left-wingers", "Brexiteers", "Remainers",
    ),
    "leaders": (
        "Starmer", "Sunak", "Badenoch", "Farage", "Davey", "Swinney", "Trump", "Biden", "Corbyn", "Johnson", "Merkel",
        "Weidel",
    ),
    "creeds": (
        "Muslims", "Christians", "Jews", "Hindus", "Sikhs", "Buddhists", "atheists", "Catholics", "Protestants",
        "Mormons", "Quakers", "Jehovah's Witnesses", "Copts", "Yazidis", "Baha'is", "Jains", "Ahmadis", "Sufis",
        "Anglicans",
    ),
    "sexes": (
        "women", "men", "girls", "boys", "wives", "husbands",
    ),
    "orientations": (
        "gay people", "straight people", "trans people", "cis people", "lesbians", "bisexuals",
        "asexual people", "intersex people", "non-binary people", "queer people",
    ),
    "peoples": (
        "black people", "white people", "Asians", "Arabs", "Poles", "Irish people", "Roma", "Pakistanis", "Romanians",
        "English people", "immigrants", "Chinese people", "Uyghurs", "Kurds", "Tamils", "Somalis", "Inuit", "Maori",
        "Aboriginal people", "Latinos", "Filipinos", "Vietnamese people", "Koreans", "Albanians", "Travellers",
    ),
    "nations": (
        "Israelis", "Palestinians", "Russians", "Ukrainians", "Americans", "Germans", "French people", "Nigerians",
        "Indians", "Turks", "Iranians", "Scots", "Welsh people",
        "Hungarians", "Bulgarians", "Nepalis", "Chileans", "Croats", "Norwegians", "Jordanians", "Ghanaians",
        "New Zealanders", "Taiwanese people", "Kazakhs", "Fijians", "Rwandans", "Trinidadians", "Icelanders",
    ),
    "bodies": (
        "disabled people", "deaf people", "blind people", "autistic people", "wheelchair users", "epileptics",
        "people with Down's syndrome", "people with dwarfism", "obese people", "people with dementia",
    ),
    "ages": ("pensioners", "old people", "teenagers", "young people", "elderly people"),
}
TEMPLATES = (
    "{} should be killed", "I hate {}", "{} are vermin", "All {} are liars", "{} are stupid", "Kill all {}",
    "We should deport all {}", "{} deserve to die", "Someone should shoot {}", "{} are scum",
    "{} are a cancer on this country", "Get rid of {}", "{} are parasites", "I don't trust {}",
    "{} don't belong here", "{} go back to where you came from", "{} are animals", "{} are not human",
    "{} should be locked up", "{} should hang", "No {} allowed in our branch", "{} have ruined this town",
    "{} are disgusting", "Burn the {}", "Hang {} from the lampposts", "{} are a plague", "{} control the media",
    "{} are all criminals", "{} are inferior", "You are just like those {} idiots",
    "Somebody said {} are vermin, that is disgraceful", "I will find {} and hurt them", "Gas the {}", "{} are rats",
    "{} are cockroaches", "Don't vote for {}", "{} should shut up", "{} are rapists", "Exterminate {}",
    "{} are filthy", "the {} plan to replace us", "send {} home", "{} are trash and I hope they get cancer",
    "ban {} from voting", "f*** {}", "{} were wrong about housing and I will say so",
    "I met {} at the stall, it was a good morning", "What do {} want from this budget?",
    "{} should publish the accounts", "I disagree with {} on almost everything",
    "{} came to the vigil and stood with us", "Nobody here should call {} vermin", "My neighbours are {}",
    "{} in Parliament? About time", "We lost {} at the last election and I know why",
    "Let's invite {} to the hustings", "Thank you {} for last night", "{} have a case to answer over the contracts",
    "The leaflet attacks {} and I want it pulped", "Reported: a comment that all {} are liars",
    "My skin crawls around {}", "Why should we respect {}?", "{} lack basic decency",
    "{} contribute nothing to society",
    "Evolution must have skipped {}", "No decent family wants {} next door", "Since when are {} our equals?",
    "{} don't deserve this hatred", "Why must {} always justify themselves?", "{} are not thieves",
    "Nobody has the right to hurt {}", "{} are not safe in this town any more",
)
# fmt: on
"""Abuse, and talk that is none; a name that does not fit a sentence is answered like one that does."""


def _answers() -> Iterator[tuple[str, str, dict[str, str]]]:
    checker = Checker(house_reader(), house_policy())
    for template in TEMPLATES:
        for kind, names in GROUPS.items():
            texts = {name: template.format(name) for name in names}
            asked = {name: checker.check(StreamedMessage(id="1", text=text)) for name, text in texts.items()}
            yield template, kind, {name: answer.decision.action.value for name, answer in asked.items()}


def test_the_same_words_get_the_same_verdict_whoever_they_name() -> None:
    """At least 99 in 100 decisions are what most names of their kind get."""
    apart, count = [], 0
    for template, kind, answers in _answers():
        usual, _ = Counter(answers.values()).most_common(1)[0]
        count += len(answers)
        apart += [(template, kind, name, answer, usual) for name, answer in answers.items() if answer != usual]
    assert count > 5_000
    assert len(apart) <= count / 100, apart
