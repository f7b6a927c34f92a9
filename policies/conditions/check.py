"""Types and names: a condition's tree against the vocabulary, every mistake found in one pass."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import re2

from policies.conditions.syntax import MACROS
from policies.conditions.tree import (
    Binary,
    Call,
    Choice,
    Index,
    Items,
    Literal,
    Logic,
    Macro,
    Member,
    Name,
    Node,
    Unary,
)
from policies.conditions.vocabulary import (
    BOOL,
    DOUBLE,
    INT,
    SCORE,
    TEXT,
    UNKNOWN,
    VARIABLES,
    ListOf,
    Record,
    Scalar,
    Type,
    Words,
    describe,
)
from policies.problems import clip, did_you_mean

MAX_PATTERN = 200
MAX_MACROS = 8
_PATTERN_MEMORY = 1 << 18
_NUMBERS = (INT, DOUBLE, SCORE)
_TEXT_CALLS = ("contains", "startsWith", "endsWith", "matches")
_CALLS = ("size", *_TEXT_CALLS)
_THE_TEXT = frozenset({"text", "message", "content", "body", "words"})
_ASK_FINDINGS = 'Ask what the detectors found, such as used.exists(f, f.kind == "insult"), or a score.'
_MEANT = {"count": "size", "len": "size", "length": "size", "any": "exists", "some": "exists", "regex": "matches"}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at an offset of a condition, and what to do."""

    at: int
    what: str


@dataclass(slots=True)
class Checked:
    """What one pass over a tree brought to light."""

    mistakes: list[Mistake] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    finding_members: set[str] = field(default_factory=set)
    patterns: dict[int, str] = field(default_factory=dict)
    """The patterns given to `matches`, by the offset of that word."""


def check(tree: Node) -> Checked:
    """Find every mistake in a condition; without mistakes it can run on any assessment and gives a bool."""
    checker = _Checker()
    kind = checker.type_of(tree, {})
    if kind not in (BOOL, UNKNOWN):
        checker.mistake(tree.at, f"the condition gives {describe(kind)}, not true or false", _bool_hint(kind))
    return checker.checked


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> "re2._Regexp[str]":
    """Compile a pattern in linear-time RE2 within a bounded amount of memory; raises `re2.error`."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY
    return re2.compile(pattern, options)


def _bool_hint(kind: Type) -> str:
    if kind in _NUMBERS:
        return "Compare it, such as `> 0`" if kind == INT else "Compare it, such as `> 0.9`"
    if isinstance(kind, ListOf):
        return "Ask whether it holds anything, such as `.size() > 0`"
    return "Compare it with `==`"


class _Checker:
    """One walk over a tree; `items` are the names that macros gave to each item."""

    def __init__(self) -> None:
        self.checked = Checked()
        self._macros = 0

    def mistake(self, at: int, what: str, do: str) -> Scalar:
        self.checked.mistakes.append(Mistake(at, f"{what}. {do.removesuffix('.')}."))
        return UNKNOWN

    def type_of(self, node: Node, items: Mapping[str, Type]) -> Type:  # noqa: PLR0911 - one for each node
        match node:
            case Literal(_, value):
                return _literal_type(value)
            case Name(at, name):
                return self._name(at, name, items)
            case Member(at, of, name):
                return self._member(at, name, self.type_of(of, items))
            case Index(at, of, index):
                return self._index(at, self.type_of(of, items), self.type_of(index, items))
            case Call():
                return self._call(node, items)
            case Macro():
                return self._macro(node, items)
            case Unary(at, operator, of):
                return self._unary(at, operator, self.type_of(of, items))
            case Binary():
                return self._binary(node, items)
            case Logic(_, operator, parts):
                for part in parts:
                    self._want_bool(part, self.type_of(part, items), f"`{operator}`")
                return BOOL
            case Choice(at, test, yes, no):
                self._want_bool(test, self.type_of(test, items), "`?`")
                left, right = self.type_of(yes, items), self.type_of(no, items)
                return left if self._comparable(at, left, right, "the two sides of `:`") else UNKNOWN
            case Items(at, members):
                return self._items(at, [self.type_of(member, items) for member in members])

    def _name(self, at: int, name: str, items: Mapping[str, Type]) -> Type:
        if name in items:
            return items[name]
        if name in VARIABLES:
            self.checked.variables.add(name)
            return VARIABLES[name]
        if name in _THE_TEXT:
            return self.mistake(at, f"a rule does not see the {name}, only what was found in it", _ASK_FINDINGS)
        return self.mistake(at, f"unknown name '{name}'", did_you_mean(name, (*items, *VARIABLES)))

    def _member(self, at: int, name: str, of: Type) -> Type:
        if of is UNKNOWN:
            return UNKNOWN
        if isinstance(of, ListOf) and isinstance(of.item, Record) and name in of.item.members:
            do = f"Write .exists(f, f.{name} == ...)"
            return self.mistake(at, f"a list has no member '{name}', its items have", do)
        if not isinstance(of, Record):
            return self.mistake(at, f"{describe(of)} has no members, so no '{name}'", "Leave it out")
        if name not in of.members:
            what = f"{describe(of)} has no member '{name}'"
            return self.mistake(at, what, did_you_mean(name, tuple(of.members)))
        if of.name == "finding":
            self.checked.finding_members.add(name)
        return of.members[name]

    def _index(self, at: int, of: Type, index: Type) -> Type:
        if UNKNOWN in (of, index):
            return UNKNOWN
        if isinstance(of, Record):
            return self.mistake(at, "members are named with a dot, not in brackets", "Write scores.threat")
        if not isinstance(of, ListOf):
            return self.mistake(at, f"{describe(of)} has no items", "Take the brackets away")
        if index != INT:
            return self.mistake(at, f"a list is counted with whole numbers, not {describe(index)}", "Write [0]")
        return of.item

    def _call(self, node: Call, items: Mapping[str, Type]) -> Type:
        args = (*((node.of,) if node.of else ()), *node.args)
        kinds = [self.type_of(arg, items) for arg in args]
        name = node.name
        if name == "size":
            return self._size(node.at, kinds)
        if name in _TEXT_CALLS:
            return self._text_call(node, args, kinds)
        if name in MACROS:
            do = f"Write findings.{name}(f, f.kind == ...)"
            return self.mistake(node.at, f"{name}() belongs behind a list", do)
        if name == "has":
            do = "Ask `scored` whether a model gave scores"
            return self.mistake(node.at, "has() is never needed, as every member is always there", do)
        do = did_you_mean(_MEANT.get(name, name), (*_CALLS, *MACROS))
        return self.mistake(node.at, f"unknown function '{name}'", do)

    def _size(self, at: int, kinds: list[Type]) -> Type:
        if len(kinds) != 1:
            return self.mistake(at, "size() counts one thing", "Write findings.size()")
        kind = kinds[0]
        if kind in (UNKNOWN, TEXT) or isinstance(kind, ListOf | Words):
            return INT
        return self.mistake(at, f"{describe(kind)} has no size", "Count a list or text")

    def _text_call(self, node: Call, args: tuple[Node, ...], kinds: list[Type]) -> Type:
        at, name = node.at, node.name
        if node.of is None or len(args) != 2:
            do = f"Write f.entry.{name}('...')"
            return self.mistake(at, f"{name}() stands behind a text and takes one", do)
        if isinstance(kinds[0], ListOf) and name == "contains":
            return self.mistake(at, "contains() looks into text, not into a list", "Write 'x' in list")
        for kind in kinds:
            if not (kind in (TEXT, UNKNOWN) or isinstance(kind, Words)):
                return self.mistake(at, f"{name}() works on text, not on {describe(kind)}", "Use `==`")
        if name == "matches":
            if not (isinstance(args[1], Literal) and isinstance(args[1].value, str)):
                return self.mistake(at, "matches() needs a pattern in quotes", "Write it out there")
            self._pattern(at, args[1].at, args[1].value)
        return BOOL

    def _pattern(self, call_at: int, at: int, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            what = f"the pattern has {len(pattern)} characters, more than {MAX_PATTERN}"
            self.mistake(at, what, "Split it")
            return
        try:
            compile_pattern(pattern)
        except (re2.error, UnicodeError) as error:
            cause = error.args[0] if error.args else b""
            said = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else "it is no text"
            what = f"the pattern {clip(pattern)} is refused: {said}"
            self.mistake(at, what, "Use RE2: no back-references, no look-around, at most 1000 repeats in all")
            return
        self.checked.patterns[call_at] = pattern

    def _macro(self, node: Macro, items: Mapping[str, Type]) -> Type:
        at, name = node.at, node.name
        over = self.type_of(node.over, items)
        if items:
            do = "Write 'x' in f.categories, or split the rule in two"
            return self.mistake(at, f"{name}() inside another one is refused, as it can freeze the bot", do)
        self._macros += 1
        if self._macros == MAX_MACROS + 1:
            do = "Write f.kind in ['...', '...'], or split the rule in two"
            self.mistake(at, f"the condition walks through lists more than {MAX_MACROS} times", do)
        if node.item in VARIABLES:
            return self.mistake(at, f"'{node.item}' already means something else", "Call each item f")
        item: Type = UNKNOWN
        if isinstance(over, ListOf):
            item = over.item
        elif over is not UNKNOWN:
            self.mistake(at, f"{name}() works on a list, not on {describe(over)}", "Start from findings")
        body = self.type_of(node.body, {node.item: item})
        if name == "map":
            return ListOf(body)
        self._want_bool(node.body, body, f"{name}()")
        return ListOf(item) if name == "filter" else BOOL

    def _unary(self, at: int, operator: str, of: Type) -> Type:
        if of is UNKNOWN or (operator == "!" and of == BOOL):
            return of
        if operator == "!":
            return self.mistake(at, f"`!` denies true or false, not {describe(of)}", "Compare it")
        if of not in _NUMBERS:
            return self.mistake(at, f"`-` stands before a number, not {describe(of)}", "Take it away")
        return DOUBLE if of == SCORE else of

    def _binary(self, node: Binary, items: Mapping[str, Type]) -> Type:
        left, right = self.type_of(node.left, items), self.type_of(node.right, items)
        at, operator = node.at, node.operator
        if operator == "in":
            return self._membership(node, left, right)
        if operator in ("==", "!="):
            if self._comparable(at, left, right, f"the two sides of `{operator}`"):
                self._check_words(node.left, right)
                self._check_words(node.right, left)
                self._check_range(node, left, right)
            return BOOL
        for kind in (left, right):
            if kind is not UNKNOWN and kind not in _NUMBERS:
                return self.mistake(at, f"`{operator}` works on numbers, not on {describe(kind)}", "Use `==`")
        if operator in ("+", "-", "*"):
            if UNKNOWN not in (left, right) and (left == INT) != (right == INT):
                return self.mistake(at, f"`{operator}` cannot mix whole numbers with others", "Write 1.0 for 1")
            return INT if left == INT else DOUBLE
        self._check_range(node, left, right)
        return BOOL

    def _membership(self, node: Binary, left: Type, right: Type) -> Type:
        if right is UNKNOWN:
            return BOOL
        if not isinstance(right, ListOf):
            return self.mistake(node.at, f"`in` looks into a list, not into {describe(right)}", "Use `==`")
        if self._comparable(node.at, left, right.item, "the value before `in` and the items after it"):
            self._check_words(node.left, right.item)
            for item in node.right.items if isinstance(node.right, Items) else ():
                self._check_words(item, left)
        return BOOL

    def _items(self, at: int, kinds: list[Type]) -> Type:
        if not kinds:
            return self.mistake(at, "the list is empty", "Write what it is to hold")
        for kind in kinds[1:]:
            if not self._comparable(at, kinds[0], kind, "the items of the list"):
                return UNKNOWN
        return ListOf(kinds[0])

    def _want_bool(self, node: Node, kind: Type, where: str) -> None:
        if kind not in (BOOL, UNKNOWN):
            self.mistake(node.at, f"{where} needs true or false, not {describe(kind)}", _bool_hint(kind))

    def _comparable(self, at: int, left: Type, right: Type, what: str) -> bool:
        if UNKNOWN in (left, right):
            return False
        for kind in (left, right):
            if isinstance(kind, ListOf | Record):
                self.mistake(at, f"{describe(kind)} is not compared as a whole", "Compare its parts")
                return False
        fits = (left in _NUMBERS and right in _NUMBERS) or left == right or TEXT in (left, right)
        if fits and TEXT in (left, right):
            fits = all(kind == TEXT or isinstance(kind, Words) for kind in (left, right))
        if not fits:
            kinds = f"{describe(left)} and {describe(right)}"
            self.mistake(at, f"{what} are {kinds}, never the same", "Compare like with like")
        return fits

    def _check_words(self, node: Node, other: Type) -> None:
        if not (isinstance(node, Literal) and isinstance(node.value, str) and isinstance(other, Words)):
            return
        if node.value not in other.values:
            what = f"unknown {other.name} {clip(node.value)}"
            self.mistake(node.at, what, did_you_mean(node.value, other.values))

    def _check_range(self, node: Binary, left: Type, right: Type) -> None:
        for kind, other in ((left, node.right), (right, node.left)):
            if kind == SCORE and isinstance(other, Literal) and not 0 <= float(other.value) <= 1:
                what = f"a score lies between 0 and 1, so never at {other.value}"
                self.mistake(other.at, what, "Write a number such as 0.9")


def _literal_type(value: bool | int | float | str) -> Scalar:
    match value:
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return DOUBLE
        case str():
            return TEXT
