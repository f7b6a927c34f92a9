"""Reading the YAML data of the detectors as models, with every mistake by file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from yaml import MappingNode, MarkedYAMLError, YAMLError, load

try:
    from yaml import CBaseLoader as _Loader
except ImportError:  # a PyYAML without libyaml reads the same, twenty times slower
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]  # the C loader has the same methods


class _Once(_Loader):
    """A loader that takes no key twice: of two lists under one name the first would be lost in silence."""

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[object, object]:
        mapping: dict[object, object] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise MarkedYAMLError(problem=f"`{key.value}` stands here twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return mapping


@dataclass(frozen=True, slots=True)
class LexiconProblem:
    """One mistake in a lexicon: where it is, what is wrong, what to do."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class InvalidLexiconsError(Exception):
    """A set of lexicons cannot be used; `problems` has every reason."""

    def __init__(self, problems: Sequence[LexiconProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


_Model = TypeVar("_Model", bound=BaseModel)


def parse_yaml(file: Path | Traversable, model: type[_Model], problems: list[LexiconProblem]) -> _Model | None:
    """Read one YAML file as a model; what is wrong with it goes to `problems`."""
    try:
        # The base loader leaves every value as text (`no` stays a word), and in C it starts the bot a second sooner.
        raw = load(file.read_text(encoding="utf-8"), Loader=_Once)
        return model.model_validate(raw)
    except (OSError, UnicodeDecodeError) as unread:
        problems.append(LexiconProblem(file.name, f"cannot be read ({unread}); it must be a UTF-8 text file"))
    except MarkedYAMLError as broken:
        line = f":{broken.problem_mark.line + 1}" if broken.problem_mark else ""
        problems.append(LexiconProblem(f"{file.name}{line}", f"is not YAML: {broken.problem}"))
    except YAMLError as broken:
        problems.append(LexiconProblem(file.name, f"is not YAML: {broken}"))
    except ValidationError as invalid:
        for error in invalid.errors():
            where = ".".join(map(str, error["loc"]))
            problems.append(LexiconProblem(file.name, f"{where}: {error['msg']}"))
    return None
