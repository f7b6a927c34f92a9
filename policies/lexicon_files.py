"""Reading lexicon files: YAML in, `DetectorSet` out, every mistake at once with its file and line."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator

from policies.assess import Reader
from policies.detectors import DetectorSet
from policies.findings import Aim, Category, Certainty
from policies.forms import Form, FormCheck, Words, compiled_form
from policies.kept_rows import kept_rows
from policies.leaders import LEADERS
from policies.levelling import Leveller
from policies.lexicon import Entry, Lexicon
from policies.mixing import Mixer
from policies.mixture_files import house_mixer
from policies.reading_yaml import InvalidLexiconsError, LexiconProblem, parse_yaml
from policies.stance import StanceReader

WORDS = "words.yaml"
DISGUISED = "disguised.yaml"
STANCE = ("stance.yaml", "stance-adoption.yaml", "stance-slanders.yaml")
CHARACTERISTICS = "characteristics"
MISSPELT = "misspelt"
"""In disguised.yaml: the words that misspellings are read as before all others."""
NAMED = "named"
"""As a `characteristic`: the one whose words of words.yaml (`jewish_adj`, `jewish_many`, `jewish_one`) are hit."""


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
    files = _house()
    return Reader(files.detectors(), files.stances(), house_mixer())


@cache
def house_leveller() -> Leveller:
    """Give what a classifier's texts are levelled with, over the word lists that the project ships."""
    return Leveller(_house().words)


def house_detectors() -> DetectorSet:
    """Give the detectors with the lexicons that the project ships."""
    return _house().detectors()


def _house() -> "_Files":
    folder = resources.files("policies.lexicons")
    return _Files(folder, keep_in=folder / "__pycache__" if isinstance(folder, Path) else None)


def load_reader(folder: Path | Traversable, mixer: Mixer | None = None) -> Reader:
    """Read a folder of lexicons, those of the stance included; raises `InvalidLexiconsError`."""
    files = _Files(folder)
    return Reader(files.detectors(), files.stances(), mixer)


def load_stances(folder: Path | Traversable) -> StanceReader:
    """Read the cues of the stance; raises `InvalidLexiconsError` with every mistake in the file."""
    return _Files(folder).stances()


def load_detectors(folder: Path | Traversable) -> DetectorSet:
    """Read a folder of lexicons; raises `InvalidLexiconsError` with every mistake in every file."""
    return _Files(folder).detectors()


class _Files:
    """A folder of lexicons; what its files share is read once."""

    def __init__(self, folder: Path | Traversable, keep_in: Path | None = None) -> None:
        self._folder = folder
        self._keep_in = keep_in
        self._shared_problems: list[LexiconProblem] = []
        self._check = FormCheck()
        lists = self._word_lists(folder / WORDS)
        if (folder / LEADERS).is_file():
            lists |= self._word_lists(folder / LEADERS)
        self._shared = Words(lists)

    @property
    def words(self) -> Words:
        """Give the word lists that all files share; raises `InvalidLexiconsError` with every mistake in them."""
        if self._shared_problems:
            raise InvalidLexiconsError(self._shared_problems)
        return self._shared

    def stances(self) -> StanceReader:
        """Read the cues of the stance."""
        problems = [*self._shared_problems]
        files = [self._lexicon(file, problems) for name in STANCE if (file := self._folder / name).is_file()]
        cues = [entry for lexicon in files if lexicon is not None for entry in lexicon.entries]
        if not cues or problems:
            raise InvalidLexiconsError(problems)
        return StanceReader(Lexicon(cues[0].lexicon, tuple(cues)))

    def detectors(self) -> DetectorSet:
        """Read what the detectors look for."""
        disguised = self._word_lists(self._folder / DISGUISED)
        misspelt = disguised.pop(MISSPELT, [])
        problems = [*self._shared_problems]
        lexicons: list[Lexicon] = []
        for file in sorted(self._folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".yaml") and file.name not in (WORDS, LEADERS, DISGUISED, *STANCE):
                lexicon = self._lexicon(file, problems)
                if lexicon is not None:
                    lexicons.append(lexicon)
        if problems:
            raise InvalidLexiconsError(problems)
        forms = [form for lexicon in lexicons for entry in lexicon.entries for form in entry.patterns]
        rows = kept_rows(forms, self._keep_in) if self._keep_in else None
        return DetectorSet(lexicons, [word for words in disguised.values() for word in words], rows, misspelt)

    def _word_lists(self, file: Path | Traversable) -> dict[str, list[str]]:
        parsed = parse_yaml(file, _WordLists, self._shared_problems)
        lists = parsed.root if parsed else {}
        if file.name in (WORDS, LEADERS):
            self._check_words(lists, file.name, self._shared_problems)
        return lists

    def _check_words(self, lists: dict[str, list[str]], file: str, problems: list[LexiconProblem]) -> None:
        for name, words in lists.items():
            for word in words:
                if refusal := self._check.refusal(word):
                    problems.append(LexiconProblem(f"{file}: {name}", _not_re2(word, refusal)))

    def _lexicon(self, file: Path | Traversable, problems: list[LexiconProblem]) -> Lexicon | None:
        parsed = parse_yaml(file, _File, problems)
        if parsed is None:
            return None
        for clash in sorted(set(parsed.words) & set(self._shared)):
            problems.append(
                LexiconProblem(
                    file.name, f"the words {clash!r} stand in {WORDS} or {LEADERS} already; take another name"
                )
            )
        self._check_words(parsed.words, file.name, problems)
        words = Words(parsed.words, self._shared)
        entries = [self._entry(parsed.lexicon, group, words, file.name, problems) for group in parsed.groups]
        for entry in {entry.id: entry for entry in entries if [e.id for e in entries].count(entry.id) > 1}.values():
            problems.append(LexiconProblem(file.name, f"the id {entry.id!r} is used twice; give each group its own"))
        return Lexicon(parsed.lexicon, tuple(entries))

    def _entry(self, lexicon: str, group: _Group, words: Words, file: str, problems: list[LexiconProblem]) -> Entry:
        def written_out(patterns: list[str]) -> tuple[Form, ...]:
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

    def _form(self, pattern: str, words: Words, place: str, problems: list[LexiconProblem]) -> Form | None:
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


def _named(words: Words) -> tuple[tuple[str, Form], ...]:
    """Give each characteristic that words.yaml lists, with a pattern of the words that name it."""
    names = words.get(CHARACTERISTICS, [])
    forms = ("|".join(f"{{{name}_{form}}}" for form in ("adj", "many", "one")) for name in names)
    return tuple((name.replace("_", "-"), compiled_form(form, words)) for name, form in zip(names, forms, strict=True))


def _not_re2(pattern: str, refusal: str) -> str:
    return f"the pattern {pattern!r} is not one RE2 can run: {refusal}"
