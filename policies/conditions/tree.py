"""The parts that a condition is made of, each with its offset in the text and its depth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    at: int
    value: bool | int | float | str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or the name that a macro gives to each item."""

    at: int
    name: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`."""

    at: int
    of: "Node"
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class Index:
    """`of[index]`."""

    at: int
    of: "Node"
    index: "Node"
    depth: int


@dataclass(frozen=True, slots=True)
class Call:
    """`name(args)`, or `of.name(args)` where `of` is not None."""

    at: int
    name: str
    of: "Node | None"
    args: tuple["Node", ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Macro:
    """`over.name(item, body)`, with the body worked out once for every item."""

    at: int
    name: str
    over: "Node"
    item: str
    body: "Node"
    depth: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`!of` or `-of`."""

    at: int
    operator: str
    of: "Node"
    depth: int


@dataclass(frozen=True, slots=True)
class Binary:
    """A comparison, membership or sum of two values."""

    at: int
    operator: str
    left: "Node"
    right: "Node"
    depth: int


@dataclass(frozen=True, slots=True)
class Logic:
    """Two or more parts joined by `&&`, or by `||`."""

    at: int
    operator: str
    parts: tuple["Node", ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Choice:
    """`test ? yes : no`."""

    at: int
    test: "Node"
    yes: "Node"
    no: "Node"
    depth: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list written out."""

    at: int
    items: tuple["Node", ...]
    depth: int


Node = Literal | Name | Member | Index | Call | Macro | Unary | Binary | Logic | Choice | Items
