"""The register in the guide can be used as it stands, and the guide's table of offices is the code's."""

import re

from policies.casework.duties import DUTIES
from policies.casework.load import parse_register
from policies.casework.words import Office
from tests.architecture.sources import REPOSITORY

PAGE = (REPOSITORY / "docs" / "casework.md").read_text(encoding="utf-8")


def test_the_example_is_a_register_that_lacks_nothing() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    register = parse_register(example.encode(), file="docs/casework.md")
    assert register.lacking() == ()


def test_every_office_is_explained() -> None:
    table = PAGE.partition("| office | may |\n|---|---|\n")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| ([a-z]+) \|", table, re.MULTILINE)) == {office.value for office in Office}
    assert set(DUTIES) == set(Office)
