"""Where settings come from: `hustings.yaml`, environment variables, `.env` and the files that secrets lie in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from dotenv import dotenv_values
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from policies.problems import Problem, did_you_mean
from policies.yaml_tree import MAX_BYTES, UnreadableYaml, line_of, plain, read_tree
from policies.yaml_tree import Mapping as Keys

Names = tuple[str, ...]
PREFIX = "HUSTINGS"


class Given(PydanticBaseSettingsSource):
    """Values that were read beforehand."""

    def __init__(self, settings_cls: type[BaseSettings], values: Mapping[str, Any]) -> None:
        super().__init__(settings_cls)
        self._values = values

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Give one value."""
        return self._values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give all of them."""
        return dict(self._values)


@dataclass(slots=True)
class Sources:
    """What the file and the environment say, and where each of it stands."""

    path: str
    fields: Mapping[Names, FieldInfo]
    environment: dict[str, Any] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)
    tree: Keys | None = None
    variables: dict[Names, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    misread: tuple[Problem, ...] = ()
    """Those of the problems for which it is unknown what the file says."""
    told: set[Names] = field(default_factory=set)
    """Settings whose value was refused in one of the problems already."""

    def place(self, path: Names, exactly: tuple[str | int, ...] = ()) -> tuple[str, str, int]:
        """Give what a setting is called where it was set, that file, and the line in it."""
        if path in self.variables:
            return self.variables[path], "environment", 0
        line = line_of(self.tree, exactly or path) if self.tree else 0
        return ".".join(path), self.path, line

    def where_to_put(self, path: Names) -> str:
        """Say where a setting that is missing should go."""
        if is_secret(self.fields[path]):
            return f"{variable(path)}, or name a file that holds it in {variable(path)}_FILE"
        return f"{self.path}, or in {variable(path)}"

    def known_beside(self, path: Names) -> str:
        """Say which settings there are where one was not known."""
        beside = [known[-1] for known in self.fields if known[:-1] == path[:-1]]
        return did_you_mean(path[-1], beside) if beside else "It has no parts."


def read_sources(
    settings: type[BaseSettings], path: Path, environment: Mapping[str, str], *, must_exist: bool
) -> Sources:
    """Read the file, `.env` beside it and the environment; mistakes are collected, not raised."""
    sources = Sources(str(path), dict(all_fields(settings)))
    _read_file(path, sources, must_exist=must_exist)
    sources.misread = tuple(sources.problems)
    for names, info in sources.fields.items():
        _refuse_secret(names, info, sources)
    beside = {name: value for name, value in dotenv_values(path.parent / ".env").items() if value is not None}
    for names, info in sources.fields.items():
        _read_variable(names, info, {**beside, **environment}, sources)
    return sources


def all_fields(model: type[BaseModel], above: Names = ()) -> Iterator[tuple[Names, FieldInfo]]:
    """Give every setting with its path; a section gives its parts as well."""
    for name, info in model.model_fields.items():
        yield (*above, name), info
        section = section_of(info)
        if section is not None:
            yield from all_fields(section, (*above, name))


def section_of(info: FieldInfo) -> type[BaseModel] | None:
    """Give the model behind a setting that has parts."""
    kinds = (info.annotation, *get_args(info.annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def is_secret(info: FieldInfo) -> bool:
    """Whether a setting is a token."""
    kinds = [info.annotation, *get_args(info.annotation)]
    kinds += [inner for kind in kinds for inner in get_args(kind)]
    return SecretStr in kinds


def variable(path: Names) -> str:
    """Give the environment variable of a setting."""
    return "_".join((PREFIX, *path) if len(path) == 1 else path).upper()


def _read_file(path: Path, sources: Sources, *, must_exist: bool) -> None:
    try:
        data = path.open("rb").read(MAX_BYTES + 1)
    except FileNotFoundError:
        if must_exist:
            sources.problems.append(Problem(str(path), 0, "there is no such file. Check the name."))
        return
    except OSError as error:
        sources.problems.append(
            Problem(str(path), 0, f"the file cannot be read: {error.strerror or error}. Check its rights.")
        )
        return
    if not data.strip():
        return
    try:
        tree, problems = read_tree(data, str(path))
    except UnreadableYaml as error:
        sources.problems.append(error.problem)
        return
    sources.problems += problems
    if not isinstance(tree, Keys):
        what = "the file must hold settings, each as `name: value`. docs/settings.md lists them."
        sources.problems.append(Problem(str(path), tree.line, what))
        return
    sources.tree = tree
    values = plain(tree)
    assert isinstance(values, dict)
    sources.file = {name: value for name, value in values.items() if value != ""}
    for names, info in sources.fields.items():
        if section_of(info) is not None and not isinstance(sources.file.get(names[0], {}), dict):
            del sources.file[names[0]]
            what = f"{names[0]} is a section. Write its settings below it, indented, each as `name: value`."
            sources.problems.append(Problem(str(path), sources.place(names)[2], what))


def _refuse_secret(names: Names, info: FieldInfo, sources: Sources) -> None:
    section = sources.file.get(names[0]) if len(names) == 2 else None
    if not isinstance(section, dict) or names[-1] not in section or not is_secret(info):
        return
    del section[names[-1]]
    sources.told.add(names)
    what = (
        f"{'.'.join(names)} is a secret and does not belong in this file. Take it out, and set it in "
        f"{sources.where_to_put(names)}."
    )
    sources.problems.append(Problem(sources.path, sources.place(names)[2], what))


def _read_variable(names: Names, info: FieldInfo, environment: Mapping[str, str], sources: Sources) -> None:
    if section_of(info) is not None:
        return
    name = variable(names)
    value = environment.get(name)
    if is_secret(info) and not value and (secret := environment.get(f"{name}_FILE")):
        name = f"{name}_FILE"
        try:
            value = Path(secret).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            cause = getattr(error, "strerror", None) or "it is not text"
            sources.problems.append(
                Problem("environment", 0, f"{name}: {secret} cannot be read: {cause}. Check the name and the rights.")
            )
            sources.told.add(names)
            value = "unread"
    if not value:
        return
    if value != "unread":
        sources.told.discard(names)
    sources.variables[names] = name
    holder = sources.environment
    for step in names[:-1]:
        holder = holder.setdefault(step, {})
    holder[names[-1]] = value
