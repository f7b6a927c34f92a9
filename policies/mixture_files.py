"""Reading the files of fields and mixtures: YAML in, a `Mixer` out, every mistake at once."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from policies.fields import Fields
from policies.findings import Aim, Category
from policies.mixing import Mixer, Mixture
from policies.reading_yaml import InvalidLexiconsError, LexiconProblem, parse_yaml

FIELDS = "fields.yaml"
MIXTURES = "mixtures.yaml"


class _Mixture(BaseModel):
    model_config = ConfigDict(extra="forbid")
    needs: list[str] = Field(min_length=2, max_length=3)
    unless: list[str] = []
    reach: int = Field(default=150, ge=20, le=150)


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    categories: list[Category]
    aim: Aim
    mixtures: list[_Mixture]


class _Kinds(RootModel[list[_Kind]]):
    pass


class _FieldLists(RootModel[dict[str, str]]):
    pass


def house_mixer() -> Mixer:
    """Give the mixer with the fields and mixtures that the project ships."""
    return load_mixer(resources.files("policies.mixtures"))


def load_mixer(folder: Path | Traversable) -> Mixer:
    """Read a folder with `fields.yaml` and `mixtures.yaml`; raises `InvalidLexiconsError` with every mistake."""
    problems: list[LexiconProblem] = []
    listed = parse_yaml(folder / FIELDS, _FieldLists, problems)
    kinds = parse_yaml(folder / MIXTURES, _Kinds, problems)
    names = listed.root if listed else {}
    mixtures: list[Mixture] = []
    for kind in kinds.root if kinds else ():
        for mixture in kind.mixtures:
            entry = "-".join(name.replace("_", "-") for name in mixture.needs)
            for name in sorted({*mixture.needs, *mixture.unless} - names.keys()):
                problems.append(
                    LexiconProblem(f"{MIXTURES}: {entry}", f"{name!r} is no field of {FIELDS}; list it there")
                )
            mixtures.append(
                Mixture(
                    entry=entry,
                    kind=kind.kind,
                    categories=tuple(kind.categories),
                    aim=kind.aim,
                    needs=tuple(mixture.needs),
                    unless=tuple(mixture.unless),
                    reach=mixture.reach,
                )
            )
    for entry in sorted({m.entry for m in mixtures if [o.entry for o in mixtures].count(m.entry) > 1}):
        problems.append(LexiconProblem(f"{MIXTURES}: {entry}", "stands there twice; keep one"))
    if problems:
        raise InvalidLexiconsError(problems)
    return Mixer(Fields({name: _entries(words) for name, words in names.items()}), mixtures)


def _entries(words: str) -> list[str]:
    return [entry.strip() for entry in words.split(",") if entry.strip()]
