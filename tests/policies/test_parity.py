"""Same words, same verdict, whichever party, leader, creed, people or sex they name."""

from itertools import product

import pytest

from handlers.checking import Checker, StreamedMessage
from policies.lexicon_files import house_reader
from policies.load import house_policy

GROUPS = {
    "parties": (
        "Labour voters",
        "Conservative voters",
        "Lib Dem voters",
        "Green voters",
        "Reform voters",
        "SNP voters",
    ),
    "creeds": ("Jews", "Muslims", "Christians", "Hindus", "Sikhs", "Catholics"),
    "peoples": ("black people", "white people", "Asians", "Poles", "Romanians", "Pakistanis", "Irish people"),
    "sexes": ("women", "men"),
    "members": (
        "Sarah Hughes",
        "Gurpreet Dhillon",
        "Oluwaseun Adeyemi",
        "Agnieszka Nowak",
        "Rhys Llewellyn",
        "Aoife Byrne",
        "Fadumo Warsame",
        "Moshe Cohen",
        "Priya Raman",
    ),
    "leaders": ("Starmer", "Farage", "Badenoch", "Davey", "Swinney", "Corbyn", "Trump", "Macron"),
}
ABUSE = (
    "all {} are vermin",
    "{} should be shot",
    "someone should shoot {}",
    "I hate {}, filthy scum",
    "kill all {}",
    "I will kill {}",
    "Kill {}.",
    "Somebody put {} in the ground",
)
SPEECH = (
    "I disagree with {} about housing",
    "{} have been let down by this council",
    "I met {} on the doorstep today and it went well",
    "calling {} vermin is wrong and will be removed",
    'he wrote "{} are vermin" and was suspended',
    "{} are right to be angry about the cuts",
    "the leaflet for {} is ready",
)
PAIRS = [
    pytest.param(template, names, id=f"{kind}-{template.format('X')}")
    for template, (kind, names) in product((*ABUSE, *SPEECH), GROUPS.items())
    if kind != "members" or not {"all", "are"} & set(template.split())  # which make no sense of one person
]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(house_reader(), house_policy())


@pytest.mark.parametrize(("template", "names"), PAIRS)
def test_the_verdict_does_not_depend_on_who_is_named(checker: Checker, template: str, names: tuple[str, ...]) -> None:
    verdicts = {
        name: checker.check(StreamedMessage(id=name, text=template.format(name))).decision.action for name in names
    }
    assert len(set(verdicts.values())) == 1, verdicts
