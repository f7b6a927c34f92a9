"""YAML 1.2 as a plain tree of text, lists and mappings in which everything knows its line.

Every scalar stays the text that was written: `no`, `1:30` and `2.1` mean what they look like, and
the models decide what a number is. Anchors, aliases and tags are refused, so that a small file
cannot unfold into a huge one.
"""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from policies.problems import Problem, clip

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12

Plain = str | list["Plain"] | dict[str, "Plain"]
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Text:
    """A scalar; `block_from` is the line on which a block of lines (`|`, `>`) begins, else 0."""

    line: int
    value: str
    block_from: int = 0


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys with the line of each key, and their values."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)
    values: dict[str, "Node"] = field(default_factory=dict)


Node = Text | Sequence | Mapping


class UnreadableYaml(Exception):  # noqa: N818 - says what the file is, as its neighbours do
    """YAML that cannot be read on; holds the one problem that stopped it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_tree(data: bytes, file: str) -> tuple[Node, list[Problem]]:
    """Give the tree of a document and the mistakes around which it could be read; raises `UnreadableYaml`."""
    text = _decode(data, file)
    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{ord(text[error.position]):04X} cannot stand in YAML. Take it out."
        raise UnreadableYaml(Problem(file, line, what)) from None
    except MarkedYAMLError as error:
        raise UnreadableYaml(_syntax_problem(error, text, file)) from None
    except (YAMLError, ValueError, RecursionError):
        what = "this is not YAML that can be read. Compare it with the shipped policy file."
        raise UnreadableYaml(Problem(file, 1, what)) from None
    if builder.root is None or (isinstance(builder.root, Text) and not builder.root.value.strip()):
        raise UnreadableYaml(Problem(file, 1, "the file is empty. Start from the shipped policy file."))
    return builder.root, builder.problems


def plain(node: Node) -> Plain:
    """Give a node as text, lists and dicts."""
    match node:
        case Text(value=value):
            return value
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Mapping(values=values):
            return {key: plain(value) for key, value in values.items()}


def line_of(node: Node, path: Path) -> int:
    """Give the line of the deepest part of a path that is there; a key's own line before its value's."""
    line = node.line
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.values:
            line, node = node.keys[step], node.values[step]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
        else:
            break
    return line


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        what = f"the file has more than {MAX_BYTES // 1024} KiB. Split it, or take out what is no policy."
        raise UnreadableYaml(Problem(file, 0, what))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{data[error.start]:02x} is not UTF-8. Save the file as UTF-8 text."
        raise UnreadableYaml(Problem(file, line, what)) from None


def _syntax_problem(error: MarkedYAMLError, text: str, file: str) -> Problem:
    unclosed = "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or "")
    mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
    line = mark.line + 1 if isinstance(mark, StringMark) else 1
    lines = text.split("\n")
    shown = lines[line - 1] if line <= len(lines) else ""
    if "\t" in shown[: len(shown) - len(shown.lstrip())] or "'\\t'" in (error.problem or ""):
        what = "a tab is used to indent. Use spaces."
    elif "expected <block end>" in (error.problem or ""):
        what = "the indentation does not fit the lines above. Line it up with the entry it belongs to."
    elif "mapping values are not allowed" in (error.problem or ""):
        what = "a colon stands inside a value. Put the whole value in quotation marks."
    elif unclosed:
        what = "a quotation mark is opened here and never closed. Close it."
    else:
        cause = f"{error.problem or error.context or 'it breaks off'}"
        what = f"this is not YAML: {cause}. Check quotation marks, brackets and colons from here upwards."
    return Problem(file, line, what)


class _Builder:
    """Puts events together without recursion, so that no depth of nesting can hurt."""

    def __init__(self, file: str) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._file = file
        self._open: list[Sequence | Mapping] = []
        self._keys: list[tuple[str, int] | None] = []
        self._documents = 0

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        match event:
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    what = "a second document starts here (---). Keep one policy to a file."
                    raise UnreadableYaml(Problem(self._file, line, what))
            case AliasEvent():
                self._add(Text(line, ""), event)
                self._mistake(line, f"the alias *{event.anchor} is not allowed. Write it out.")
            case ScalarEvent():
                block = line + 1 if event.style in ("|", ">") else 0
                self._add(Text(line, self._whole(event.value, line), block), event)
            case SequenceStartEvent():
                self._push(Sequence(line), event)
            case MappingStartEvent():
                self._push(Mapping(line), event)
            case SequenceEndEvent() | MappingEndEvent():
                self._open.pop()
                self._keys.pop()

    def _mistake(self, line: int, what: str) -> None:
        self.problems.append(Problem(self._file, line, what))

    def _whole(self, value: str, line: int) -> str:
        """Join the pairs of escapes that JSON writes for one character; a half by itself is a mistake."""
        if value.isascii() or value.isprintable():
            return value
        try:
            return value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._mistake(line, "the text holds half a character (\\uD800 to \\uDFFF). Write the whole one.")
            return value.encode("utf-8", "replace").decode()

    def _push(self, node: Sequence | Mapping, event: Event) -> None:
        if len(self._open) >= MAX_DEPTH:
            what = f"this is nested more than {MAX_DEPTH} deep. A policy needs five levels at most."
            raise UnreadableYaml(Problem(self._file, node.line, what))
        self._add(node, event)
        self._open.append(node)
        self._keys.append(None)

    def _add(self, node: Node, event: Event) -> None:
        if isinstance(event, ScalarEvent | CollectionStartEvent):
            if event.anchor:
                self._mistake(node.line, f"the anchor &{event.anchor} is not allowed. Take it out.")
            if event.ctag is not None and str(event.ctag) not in ("None", "!"):
                self._mistake(node.line, f"the tag {event.ctag} is not allowed. Take it out.")
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._key(node)
            return
        name, line = key
        self._keys[-1] = None
        if name in parent.values:
            first = parent.keys[name]
            what = f"the key {clip(name)} stands here for the second time, first on line {first}. Keep one."
            self._mistake(line, what)
            return
        parent.keys[name] = line
        parent.values[name] = node

    def _key(self, node: Node) -> tuple[str, int]:
        if isinstance(node, Text):
            return node.value, node.line
        self._mistake(node.line, "a key must be a word, not a list or a mapping. Put it in quotation marks.")
        return "", node.line
