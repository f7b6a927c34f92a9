"""The grammar of conditions: CEL text into a small tree with places.

The CEL engine compiles and runs conditions, but keeps its own tree to itself. Names, types and
costs can only be checked at load with a tree in hand, so this reads the part of CEL that rules
use and refuses the rest.
"""

import re
from dataclasses import dataclass

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

MAX_LENGTH = 2000
MAX_DEPTH = 24


class ConditionError(Exception):
    """Text that is no condition: what is wrong and what to do, and the offset at which it shows."""

    def __init__(self, what: str, do: str, at: int) -> None:
        super().__init__(f"{what}. {do}.")
        self.at = at


MACROS = ("exists", "all", "exists_one", "filter", "map")

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\f]+|//[^\n]*)
      | (?P<number>0[xX][0-9a-fA-F]+|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?|\d+)
      | (?P<text>[rR](?:"[^"\n]*"|'[^'\n]*')|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-<>!+*/%?:.,()\[\]{}=&|])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t", "r": "\r"}
_INSTEAD = {
    "=": ("`=` is no comparison", "Write `==`"),
    "&": ("`&` is no operator", "Write `&&`"),
    "|": ("`|` is no operator", "Write `||`"),
    "and": ("`and` is not CEL", "Write `&&`"),
    "or": ("`or` is not CEL", "Write `||`"),
    "not": ("`not` is not CEL", "Write `!` before the part to be denied"),
    "True": ("`True` is not CEL", "Write `true`"),
    "False": ("`False` is not CEL", "Write `false`"),
    "null": ("`null` is never needed, as every value is always there", "Leave that part out"),
    "{": ("maps in braces cannot be used here", "Compare single members"),
    "/": ("division cannot be used here", "Compare with a number that you worked out yourself"),
    "%": ("`%` cannot be used here", "Compare with a number that you worked out yourself"),
}


@dataclass(frozen=True, slots=True)
class _Token:
    sort: str
    text: str
    at: int


def parse(source: str) -> Node:
    """Read a condition; raises `ConditionError` with the place where it cannot go on."""
    if not source.strip():
        raise ConditionError("the condition is empty", "Write what must hold, such as findings.size() > 0", 0)
    if len(source) > MAX_LENGTH:
        what = f"the condition has {len(source)} characters, more than {MAX_LENGTH}"
        raise ConditionError(what, "Split it into several rules", 0)
    return _Parser(_tokens(source)).whole()


def _tokens(source: str) -> list[_Token]:
    tokens = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            if source[at] in "\"'":
                raise ConditionError("a quotation mark is never closed", "Close it on the same line", at)
            raise ConditionError(f"{source[at]!r} means nothing here", "Take it out, or put text in quotes", at)
        if match.lastgroup != "space":
            tokens.append(_Token(match.lastgroup or "", match.group(), at))
        at = match.end()
    tokens.append(_Token("end", "", len(source)))
    return tokens


class _Parser:
    """Recursive descent, one method for each level of binding, loosest first."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._open = 0

    def whole(self) -> Node:
        node = self._choice()
        if self._peek.sort != "end":
            raise self._unexpected("an operator such as && or ==")
        return node

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _accept(self, *texts: str) -> _Token | None:
        token = self._peek
        return self._take() if token.sort != "text" and token.text in texts and token.text else None

    def _expect(self, text: str) -> _Token:
        token = self._accept(text)
        if token is None:
            raise self._unexpected(f"`{text}`")
        return token

    def _unexpected(self, wanted: str) -> ConditionError:
        token = self._peek
        if token.sort == "end":
            return ConditionError("the condition ends too early", f"Add {wanted}", token.at)
        if token.sort != "text" and token.text in _INSTEAD:
            return ConditionError(*_INSTEAD[token.text], token.at)
        return ConditionError(f"`{token.text}` cannot stand here", f"Put {wanted} in its place", token.at)

    def _depth(self, at: int, *nodes: Node) -> int:
        depth = 1 + max((node.depth for node in nodes), default=0)
        if depth > MAX_DEPTH:
            raise _too_deep(at)
        return depth

    def _choice(self) -> Node:
        self._open += 1
        if self._open > MAX_DEPTH:
            raise _too_deep(self._peek.at)
        test = self._either()
        if mark := self._accept("?"):
            yes = self._either()
            self._expect(":")
            no = self._choice()
            test = Choice(mark.at, test, yes, no, self._depth(mark.at, test, yes, no))
        self._open -= 1
        return test

    def _either(self) -> Node:
        parts = [self._both()]
        at = self._peek.at
        while self._accept("||"):
            parts.append(self._both())
        return Logic(at, "||", tuple(parts), self._depth(at, *parts)) if len(parts) > 1 else parts[0]

    def _both(self) -> Node:
        parts = [self._relation()]
        at = self._peek.at
        while self._accept("&&"):
            parts.append(self._relation())
        return Logic(at, "&&", tuple(parts), self._depth(at, *parts)) if len(parts) > 1 else parts[0]

    def _relation(self) -> Node:
        node = self._sum()
        while token := self._accept("==", "!=", "<", "<=", ">", ">=", "in"):
            right = self._sum()
            node = Binary(token.at, token.text, node, right, self._depth(token.at, node, right))
        return node

    def _sum(self) -> Node:
        node = self._product()
        while token := self._accept("+", "-"):
            right = self._product()
            node = Binary(token.at, token.text, node, right, self._depth(token.at, node, right))
        return node

    def _product(self) -> Node:
        node = self._unary()
        while token := self._accept("*"):
            right = self._unary()
            node = Binary(token.at, token.text, node, right, self._depth(token.at, node, right))
        return node

    def _unary(self) -> Node:
        signs = []
        while token := self._accept("!", "-"):
            signs.append(token)
        node = self._chain()
        for token in reversed(signs):
            node = Unary(token.at, token.text, node, self._depth(token.at, node))
        return node

    def _chain(self) -> Node:
        node = self._single()
        while token := self._accept(".", "["):
            if token.text == "[":
                index = self._choice()
                self._expect("]")
                node = Index(token.at, node, index, self._depth(token.at, node, index))
                continue
            if self._peek.sort != "name":
                raise self._unexpected("the name of a member")
            name = self._take()
            if not self._accept("("):
                node = Member(name.at, node, name.text, self._depth(name.at, node))
            elif name.text in MACROS:
                node = self._macro(name, node)
            else:
                args = self._items(")")
                node = Call(name.at, name.text, node, args, self._depth(name.at, node, *args))
        return node

    def _macro(self, name: _Token, over: Node) -> Node:
        if self._peek.sort != "name" or self._tokens[self._next + 1].text != ",":
            what = f"{name.text}() needs a name for each item and a condition"
            raise ConditionError(what, f"Write {name.text}(f, f.kind == ...)", name.at)
        item = self._take()
        self._expect(",")
        body = self._choice()
        self._expect(")")
        return Macro(name.at, name.text, over, item.text, body, self._depth(name.at, over, body))

    def _items(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._accept(closing):
            if items:
                self._expect(",")
            items.append(self._choice())
        return tuple(items)

    def _single(self) -> Node:
        token = self._peek
        if token.sort == "number":
            return self._number(self._take())
        if token.sort == "text":
            return Literal(token.at, _unquote(self._take()))
        if token.sort == "name" and token.text not in _INSTEAD and token.text != "in":
            return self._named(self._take())
        if self._accept("("):
            node = self._choice()
            self._expect(")")
            return node
        if self._accept("["):
            items = self._items("]")
            return Items(token.at, items, self._depth(token.at, *items))
        raise self._unexpected("a value")

    def _named(self, token: _Token) -> Node:
        if token.text in ("true", "false"):
            return Literal(token.at, token.text == "true")
        if self._accept("("):
            args = self._items(")")
            return Call(token.at, token.text, None, args, self._depth(token.at, *args))
        return Name(token.at, token.text)

    def _number(self, token: _Token) -> Literal:
        if self._peek.sort == "name" and self._peek.at == token.at + len(token.text):
            what = f"`{token.text}{self._peek.text}` is neither a number nor a name"
            raise ConditionError(what, "Write one or the other", token.at)
        if token.text[:2] in ("0x", "0X"):
            value: int | float = int(token.text, 16)
        elif token.text.isdigit():
            value = int(token.text)
        else:
            value = float(token.text)
        if isinstance(value, int) and value >= 2**63:
            raise ConditionError(f"{token.text} is too large", "Use a smaller number", token.at)
        return Literal(token.at, value)


def _too_deep(at: int) -> ConditionError:
    what = f"the condition is nested more than {MAX_DEPTH} deep"
    return ConditionError(what, "Split it into several rules", at)


def _unquote(token: _Token) -> str:
    if token.text[0] in "rR":
        return token.text[2:-1]

    def unescape(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            do = "Write \\\\ for a backslash, or put r before the quotation mark"
            raise ConditionError(f"\\{code} means nothing in text", do, token.at)
        return _ESCAPES[code]

    return _ESCAPE.sub(unescape, token.text[1:-1])
