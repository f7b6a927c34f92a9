"""From a register's file to a `PeopleRegister`: every mistake at once, each with its line and what to do."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.casework.duties import NEVER_WITH
from policies.casework.people import Account, Officer
from policies.casework.recusal import Bonds
from policies.casework.register import PeopleRegister, Protected
from policies.casework.register_file import OfficerPart, ProtectedPart, RegisterPart
from policies.casework.words import Office
from policies.identifiers import CommunityId, MemberId, PlatformName
from policies.problems import PolicyError, Problem, clip, did_you_mean
from policies.yaml_tree import MAX_BYTES, Mapping, Sequence, Text, UnreadableYaml, line_of, plain, read_tree

_LISTS: dict[str, type[BaseModel]] = {"officers": OfficerPart, "protected": ProtectedPart}
_DO = {
    "officers": "Write a list of officers, each of which begins with `- id:`.",
    "protected": "Write a list of people, each of which begins with `- id:`.",
    "id": "Write lower-case words joined by hyphens, such as grace-okafor.",
    "name": "Write the name that members know them under.",
    "offices": f"Write a list of: {', '.join(Office)}.",
    "accounts": "Write a list of discord/SERVER/MEMBER and slack/TEAM/MEMBER, each part an id.",
    "logins": "Write a list of the names they go by in the shell.",
    "roles": "Write a list of words, such as [candidate].",
    "handles": "Write a list of the other names they post under.",
    "fakes": "Write a list of web addresses, such as facebook.com/a.page, and of handles, such as '@a_handle'.",
    "branch": "Write the branch as text.",
    "slate": "Write the slate as text.",
    "employer": "Write the employer as text.",
    "external": "Write yes for somebody from outside the party, else leave it out.",
}
_IS = {"list_type": "a list", "model_type": "a mapping of keys to values", "string_type": "text"}


class RegisterError(PolicyError):
    """A register that cannot be used, with every mistake in it, in the order of its lines."""


def load_register(path: Path | str) -> PeopleRegister:
    """Read a register's file. Raises `RegisterError` with every mistake."""
    try:
        with Path(path).open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "the name cannot be used"
        what = f"the file cannot be read: {cause}. Check the name and the rights."
        raise RegisterError([Problem(str(path), 0, what)]) from None
    return parse_register(data, file=str(path))


def parse_register(data: bytes, *, file: str) -> PeopleRegister:
    """Read a register from bytes; `file` is what mistakes call it. Raises `RegisterError` with every mistake."""
    try:
        tree, problems = read_tree(data, file)
    except UnreadableYaml as error:
        what = error.problem.what.replace("the shipped policy file", "the example in docs/casework.md")
        raise RegisterError([Problem(file, error.problem.line, what)]) from None
    if not isinstance(tree, Mapping):
        what = "the file must begin with `officers:` or `protected:`. Start from the example in docs/casework.md."
        raise RegisterError([*problems, Problem(file, tree.line, what)])
    parsed: RegisterPart | None = None
    try:
        parsed = RegisterPart.model_validate(plain(tree))
    except ValidationError as error:
        problems += [_problem(details, tree, file) for details in error.errors(include_url=False)]
    problems += _crossed(tree, file)
    if problems or parsed is None:
        raise RegisterError(problems)
    return PeopleRegister(
        tuple(_officer(part) for part in parsed.officers), tuple(_protected(part) for part in parsed.protected)
    )


def _officer(part: OfficerPart) -> Officer:
    return Officer(
        id=part.id,
        name=part.name.strip(),
        offices=frozenset(part.offices),
        accounts=tuple(dict.fromkeys(_account(text) for text in part.accounts)),
        branch=part.branch.strip(),
        slate=part.slate.strip(),
        employer=part.employer.strip(),
        external=part.external,
        logins=tuple(part.logins),
    )


def _protected(part: ProtectedPart) -> Protected:
    return Protected(
        id=part.id,
        name=part.name.strip(),
        roles=tuple(part.roles),
        handles=tuple(part.handles),
        accounts=tuple(dict.fromkeys(_account(text) for text in part.accounts)),
        fakes=tuple(part.fakes),
        bonds=Bonds(branch=part.branch.strip(), slate=part.slate.strip(), employer=part.employer.strip()),
    )


def _account(text: str) -> Account:
    platform, community, member = text.split("/")
    return Account(platform=PlatformName(platform), community=CommunityId(community), member=MemberId(member))


def _crossed(tree: Mapping, file: str) -> Iterator[Problem]:
    """Check what the models cannot see: ids and accounts given twice, offices that one person may not join."""
    whose: dict[str, tuple[str, int]] = {}
    for section in _LISTS:
        ids: dict[str, int] = {}
        for number, entry in _entries(tree, section):
            where = _name_of(tree, section, number)
            name = entry.values.get("id")
            if isinstance(name, Text):
                if name.value in ids:
                    what = f"the id is already used on line {ids[name.value]}. Give each person one entry."
                    yield Problem(file, name.line, what, where)
                ids.setdefault(name.value, name.line)
            mine = name.value if isinstance(name, Text) else ""
            known = [*_texts(entry, "accounts"), *_texts(entry, "logins")]
            for account in (*known, *([name] if isinstance(name, Text) and section == "officers" else ())):
                owner, line = whose.setdefault(account.value, (mine, account.line))
                if owner != mine:
                    what = (
                        f"{clip(account.value, 60)} is {owner}'s already, on line {line}. One person has one id: give"
                        " both entries the same, or take it out of one."
                    )
                    yield Problem(file, account.line, what, where)
            yield from _offices(entry, file, where)


def _offices(entry: Mapping, file: str, where: str) -> Iterator[Problem]:
    offices = [text.value for text in _texts(entry, "offices")]
    for office, why in NEVER_WITH.items():
        if office.value in offices and len(set(offices)) > 1:
            what = f"'{office.value}' stands beside other offices, and {why}. Give the others to somebody else."
            yield Problem(file, line_of(entry, ("offices",)), what, where)


def _entries(tree: Mapping, section: str) -> Iterator[tuple[int, Mapping]]:
    entries = tree.values.get(section)
    for number, entry in enumerate(entries.items if isinstance(entries, Sequence) else ()):
        if isinstance(entry, Mapping):
            yield number, entry


def _texts(entry: Mapping, key: str) -> Iterator[Text]:
    values = entry.values.get(key)
    yield from (item for item in (values.items if isinstance(values, Sequence) else ()) if isinstance(item, Text))


def _name_of(tree: Mapping, section: str, number: int) -> str:
    entry = dict(_entries(tree, section)).get(number)
    name = entry.values.get("id") if entry is not None else None
    kind = "officer" if section == "officers" else "protected person"
    if isinstance(name, Text) and name.value:
        return f"{kind} {name.value if name.value.isprintable() and len(name.value) <= 64 else clip(name.value)}"
    return f"{kind} number {number + 1}"


def _problem(details: ErrorDetails, tree: Mapping, file: str) -> Problem:
    """Say one of pydantic's errors in our words."""
    path = tuple(details["loc"])
    where = ""
    if len(path) > 1 and path[0] in _LISTS and isinstance(path[1], int):
        where = _name_of(tree, str(path[0]), path[1])
    return Problem(file, line_of(tree, path), _sentence(details, path), where)


def _sentence(details: ErrorDetails, path: tuple[str | int, ...]) -> str:
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    do, given, sort = _DO.get(field, ""), details["input"], details["type"]
    if sort == "extra_forbidden":
        return f"unknown key {clip(field)}. {did_you_mean(field, _keys_at(path))}"
    if sort == "missing":
        return f"`{field}` is missing. {do}"
    if sort == "enum" and isinstance(given, str) and given:
        return f"unknown office {clip(given)}. {did_you_mean(given, tuple(Office))}"
    if given in ("", []) or sort in ("too_short", "string_too_short"):
        return f"`{field}` is empty. {do}"
    if sort in _IS:
        subject = f"every entry of `{field}`" if path and isinstance(path[-1], int) else f"`{field}`"
        return f"{subject} must be {_IS[sort]}. {do}"
    return f"`{field}` cannot be {clip(given, 60) if isinstance(given, str) else 'this'}. {do}"


def _keys_at(path: tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple((_LISTS[str(path[0])] if len(path) > 1 else RegisterPart).model_fields)
