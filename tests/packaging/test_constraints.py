"""Every package the project needs is pinned, and the pins speak of versions alone."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = [
    line
    for line in (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def _needed() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    return [Requirement(text) for group in (PROJECT["dependencies"], *extras) for text in group]


@pytest.mark.parametrize("pin", PINS)
def test_a_pin_is_a_name_and_one_version(pin: str) -> None:
    assert re.fullmatch(r"[\w.-]+==[\w.]+(; python_version >= \"3\.\d+\")?", pin)


def test_every_package_asked_for_is_pinned_to_a_version_it_allows() -> None:
    pinned = {canonicalize_name(found.name): found for found in map(Requirement, PINS)}
    for needed in _needed():
        version = str(pinned[canonicalize_name(needed.name)].specifier).removeprefix("==")
        assert needed.specifier.contains(version), needed


def test_the_pins_are_in_order_and_each_stands_once() -> None:
    names = [canonicalize_name(Requirement(pin).name) for pin in PINS]
    assert len(names) == len(set(names))
    assert [pin.lower() for pin in PINS] == sorted(pin.lower() for pin in PINS)
