"""Reading lexicon files: YAML in, `DetectorSet` out, every mistake at once with its file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, field_validator
from yaml import MarkedYAMLError, YAMLError, load

try:
    from yaml import CBaseLoader as _Loader
except ImportError:  # a PyYAML without libyaml reads the same, twenty times slower
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]  # the C loader has the same methods

from policies.assess import Reader
from policies.detectors import DetectorSet
from policies.findings import Aim, Category, Certainty
from policies.forms import FormCheck, Words, compiled_form
from policies.lexicon import Entry, Lexicon
from policies.stance import StanceReader

WORDS = "words.yaml"
DISGUISED = "disguised.yaml"
STANCE = "stance.yaml"
CHARACTERISTICS = "characteristics"
NAMED = "named"
"""As a `characteristic`: the one whose words of words.yaml (`jewish_adj`, `jewish_many`, `jewish_one`) are hit."""


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


_Kebab = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class _Examples(BaseModel):
    model_config = ConfigDict(extra="forbid")
    hit: list[str] = []
    leave: list[str] = Field(default=[], alias="pass")


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: _Kebab
    kind: _Kebab
    categories: list[Category]
    aim: Aim = Aim.NOBODY
    certainty: Certainty = Certainty.PLAIN
    characteristic: str = ""
    source: str = ""
    note: str = ""
    terms: list[str] = []
    patterns: list[str] = []
    unless: list[str] = []
    unless_near: list[str] = Field(default=[], alias="unless-near")
    nearby: list[str] = []
    reach: int = Field(default=120, ge=1, le=600)
    examples: _Examples = _Examples()

    @field_validator("terms")
    @classmethod
    def _terms_are_lower_case(cls, terms: list[str]) -> list[str]:
        for term in terms:
            if term != term.lower() or not term.strip():
                raise ValueError(f"the term {term!r} can never match: write it in lower case")
        return terms


class _WordLists(RootModel[dict[str, list[str]]]):
    pass


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lexicon: str
    about: str
    sources: dict[str, str] = {}
    words: dict[str, list[str]] = {}
    groups: list[_Group]


def house_reader() -> Reader:
    """Give the reader with the lexicons that the project ships."""
    return load_reader(resources.files("policies.lexicons"))


def house_detectors() -> DetectorSet:
    """Give the detectors with the lexicons that the project ships."""
    return load_detectors(resources.files("policies.lexicons"))


def load_reader(folder: Path | Traversable) -> Reader:
    """Read a folder of lexicons, those of the stance included; raises `InvalidLexiconsError`."""
    files = _Files(folder)
    return Reader(files.detectors(), files.stances())


def load_stances(folder: Path | Traversable) -> StanceReader:
    """Read the cues of the stance; raises `InvalidLexiconsError` with every mistake in the file."""
    return _Files(folder).stances()


def load_detectors(folder: Path | Traversable) -> DetectorSet:
    """Read a folder of lexicons; raises `InvalidLexiconsError` with every mistake in every file."""
    return _Files(folder).detectors()


class _Files:
    """A folder of lexicons; what its files share is read once."""

    def __init__(self, folder: Path | Traversable) -> None:
        self._folder = folder
        self._shared_problems: list[LexiconProblem] = []
        self._check = FormCheck()
        self._shared = Words(self._word_lists(folder / WORDS))

    def stances(self) -> StanceReader:
        """Read the cues of the stance."""
        problems = [*self._shared_problems]
        cues = self._lexicon(self._folder / STANCE, problems)
        if cues is None or problems:
            raise InvalidLexiconsError(problems)
        return StanceReader(cues)

    def detectors(self) -> DetectorSet:
        """Read what the detectors look for."""
        disguised = self._word_lists(self._folder / DISGUISED)
        problems = [*self._shared_problems]
        lexicons: list[Lexicon] = []
        for file in sorted(self._folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".yaml") and file.name not in (WORDS, DISGUISED, STANCE):
                lexicon = self._lexicon(file, problems)
                if lexicon is not None:
                    lexicons.append(lexicon)
        if problems:
            raise InvalidLexiconsError(problems)
        return DetectorSet(lexicons, [word for words in disguised.values() for word in words])

    def _word_lists(self, file: Path | Traversable) -> dict[str, list[str]]:
        parsed = _parse(file, _WordLists, self._shared_problems)
        lists = parsed.root if parsed else {}
        if file.name == WORDS:
            self._check_words(lists, file.name, self._shared_problems)
        return lists

    def _check_words(self, lists: dict[str, list[str]], file: str, problems: list[LexiconProblem]) -> None:
        for name, words in lists.items():
            for word in words:
                if refusal := self._check.refusal(word):
                    problems.append(LexiconProblem(f"{file}: {name}", _not_re2(word, refusal)))

    def _lexicon(self, file: Path | Traversable, problems: list[LexiconProblem]) -> Lexicon | None:
        parsed = _parse(file, _File, problems)
        if parsed is None:
            return None
        for clash in sorted(set(parsed.words) & set(self._shared)):
            problems.append(
                LexiconProblem(file.name, f"the words {clash!r} stand in {WORDS} already; take another name")
            )
        self._check_words(parsed.words, file.name, problems)
        words = Words(parsed.words, self._shared)
        entries = [self._entry(parsed.lexicon, group, words, file.name, problems) for group in parsed.groups]
        for entry in {entry.id: entry for entry in entries if [e.id for e in entries].count(entry.id) > 1}.values():
            problems.append(LexiconProblem(file.name, f"the id {entry.id!r} is used twice; give each group its own"))
        return Lexicon(parsed.lexicon, tuple(entries))

    def _entry(self, lexicon: str, group: _Group, words: Words, file: str, problems: list[LexiconProblem]) -> Entry:
        def written_out(patterns: list[str]) -> tuple[str, ...]:
            place = f"{file}: {group.id}"
            return tuple(form for pattern in patterns if (form := self._form(pattern, words, place, problems)))

        return Entry(
            lexicon=lexicon,
            id=group.id,
            kind=group.kind,
            categories=tuple(group.categories),
            aim=group.aim,
            certainty=group.certainty,
            characteristic="" if group.characteristic == NAMED else group.characteristic,
            named=_named(words) if group.characteristic == NAMED else (),
            terms=tuple(group.terms),
            patterns=written_out(group.patterns),
            unless=written_out(group.unless),
            unless_near=written_out(group.unless_near),
            nearby=written_out(group.nearby),
            reach=group.reach,
            source=group.source,
            hits=tuple(group.examples.hit),
            passes=tuple(group.examples.leave),
        )

    def _form(self, pattern: str, words: Words, place: str, problems: list[LexiconProblem]) -> str | None:
        if refusal := self._check.refusal(pattern):
            problems.append(LexiconProblem(place, _not_re2(pattern, refusal)))
            return None
        try:
            return compiled_form(pattern, words)
        except KeyError as missing:
            problems.append(LexiconProblem(place, f"no words are listed as {missing} for {pattern!r}; list them"))
        except RecursionError:
            problems.append(LexiconProblem(place, f"the names in {pattern!r} go round in a circle; break it"))
        return None


def _named(words: Words) -> tuple[tuple[str, str], ...]:
    """Give each characteristic that words.yaml lists, with a pattern of the words that name it."""
    names = words.get(CHARACTERISTICS, [])
    forms = ("|".join(f"{{{name}_{form}}}" for form in ("adj", "many", "one")) for name in names)
    return tuple((name.replace("_", "-"), compiled_form(form, words)) for name, form in zip(names, forms, strict=True))


def _not_re2(pattern: str, refusal: str) -> str:
    return f"the pattern {pattern!r} is not one RE2 can run: {refusal}"


_Model = TypeVar("_Model", bound=BaseModel)


def _parse(file: Path | Traversable, model: type[_Model], problems: list[LexiconProblem]) -> _Model | None:
    """Read one YAML file as a model; what is wrong with it goes to `problems`."""
    try:
        # The base loader leaves every value as text (`no` stays a word), and in C it starts the bot a second sooner.
        raw = load(file.read_text(encoding="utf-8"), Loader=_Loader)
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
