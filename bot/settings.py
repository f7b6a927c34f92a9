"""What an operator decides: one frozen `Settings`, put together from a file, the environment and secret files."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings_casework import CaseworkSettings
from bot.settings_sources import Given, Sources, read_sources
from policies.decisions import Mode
from policies.problems import Problem
from policies.surroundings import MOST

FILE = "hustings.yaml"


class SettingsError(Exception):
    """Settings that cannot be used, with every mistake in them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def _digits(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 15 <= len(value) <= 20):
        raise ValueError(
            "is no Discord id. Switch on developer mode in Discord's settings, then right-click and 'Copy ID'"
        )
    return value


def _slack(letters: str, what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not (value.isascii() and value.isalnum() and value.isupper() and value[0] in letters and len(value) >= 6):
            raise ValueError(
                f"is no Slack id of {what}: such ids begin with {' or '.join(letters)}, as in {letters[0]}0123ABCD"
            )
        return value

    return AfterValidator(check)


def _token(start: str, where: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(start):
            raise ValueError(f"is no such token: it begins with {start}. Copy it from the app's page '{where}'")
        return value

    return AfterValidator(check)


def _listed(value: object) -> object:
    """Take a comma-separated list for what it is; the environment knows no other."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _filled(value: SecretStr) -> SecretStr:
    if not value.get_secret_value():
        raise ValueError("is empty")
    return value


def _witness(value: str) -> str:
    if not re.fullmatch(r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", value):
        raise ValueError("is no witness's public key: a line of name, id and base64, joined by plus signs")
    return value


def read_person(line: str) -> tuple[tuple[str, ...], str]:
    """Read `name/other name:role` into the names of one person, the first one counting, and their role."""
    names, colon, role = line.rpartition(":")
    parts = tuple(name.strip() for name in names.split("/"))
    if not colon or not all(parts) or role.strip() not in ROLES:
        raise ValueError(f"is no person: write name:role, or name/other name:role, the role one of {', '.join(ROLES)}")
    return parts, role.strip()


def _person(line: str) -> str:
    read_person(line)
    return line


def _distinct_people(lines: tuple[str, ...]) -> tuple[str, ...]:
    names = [name for line in lines for name in read_person(line)[0]]
    if len(set(names)) != len(names):
        raise ValueError("names somebody twice: each person has one line and one role")
    return lines


ROLES = ("admin", "auditor", "decider", "investigator", "operator", "reviewer", "steward")
"""The offices in which people act on the record itself."""

People = Annotated[
    tuple[Annotated[str, AfterValidator(_person)], ...], BeforeValidator(_listed), AfterValidator(_distinct_people)
]
WitnessKeys = Annotated[tuple[Annotated[str, AfterValidator(_witness)], ...], BeforeValidator(_listed)]
Snowflake = Annotated[str, AfterValidator(_digits)]
Snowflakes = Annotated[tuple[Snowflake, ...], BeforeValidator(_listed)]
SlackChannel = Annotated[str, _slack("CG", "a channel")]
SlackMembers = Annotated[tuple[Annotated[str, _slack("UW", "a member")], ...], BeforeValidator(_listed)]
SlackGroups = Annotated[tuple[Annotated[str, _slack("S", "a user group")], ...], BeforeValidator(_listed)]


class DiscordSettings(BaseModel):
    """The Discord server that the bot looks after."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    token: Annotated[SecretStr, AfterValidator(_filled)]
    """The bot's token, from the developer portal, page Bot. Never in the file."""

    server: Snowflake
    """The id of the server."""

    alert_channel: Snowflake
    """The id of the private channel in which moderators see alerts."""

    moderator_roles: Snowflakes = ()
    """The ids of the roles whose holders are moderators."""

    moderators: Snowflakes = ()
    """The ids of members who are moderators whatever roles they hold."""

    channels: Snowflakes = ()
    """The ids of the channels or categories to look after; none means all that the bot can read."""


class SlackSettings(BaseModel):
    """The Slack workspace that the bot looks after."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    bot_token: Annotated[SecretStr, _token("xoxb-", "OAuth & Permissions")]
    """The bot user's token (xoxb-…). Never in the file."""

    app_token: Annotated[SecretStr, _token("xapp-", "Basic Information")]
    """The app-level token for Socket Mode (xapp-…). Never in the file."""

    admin_token: Annotated[SecretStr, _token("xoxp-", "OAuth & Permissions")] | None = None
    """An administrator's user token (xoxp-…) with which messages are deleted; without one they stay."""

    alert_channel: SlackChannel
    """The id of the private channel in which moderators see alerts."""

    moderators: SlackMembers = ()
    """The ids of the members who are moderators."""

    moderator_groups: SlackGroups = ()
    """The ids of the user groups whose members are moderators."""


class EvidenceSettings(BaseModel):
    """Who besides the operator vouches for the record."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    witnesses: WitnessKeys = ()
    """The public keys of the witnesses, one line each, as `hustings evidence witness new` prints them."""

    discord_channel: Snowflake | None = None
    """The id of the Discord channel in which checkpoints are published, readable by all members."""

    slack_channel: SlackChannel | None = None
    """The id of the Slack channel in which checkpoints are published, readable by all members."""

    tsa_url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """The address of a time stamping authority (RFC 3161), asked daily to stamp the newest checkpoint."""

    tsa_roots: Path | None = None
    """The certificates that are trusted for the authority's stamps, in PEM; without them no stamp is verified."""

    keys: Path | None = None
    """The folder of the key files, outside the data folder; without one, `keys` in the data folder."""

    people: People = ()
    """Who acts on the record from the shell, each as `name:role`; other names of one person after slashes."""

    quorum: Annotated[int, Field(ge=0, le=20)] = 0
    """How many of the witnesses have to cosign a checkpoint before it counts as witnessed."""


class Settings(BaseSettings):
    """Everything an operator decides; built once, at the start."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    organisation: str = "the moderators"
    """Whom members are told to write to when they think that something was wrong."""

    mode: Mode = Mode.OBSERVE
    """`observe` shows moderators what would be done and touches nobody; `act` does it."""

    policy: Path | None = None
    """The policy file; without one, the policy that Hustings ships."""

    data: Path = Path("data")
    """The folder for the record; on a local disk, readable by the bot alone."""

    scorer: Literal["detoxify", "embedded", "none"] = "embedded"
    """The abuse classifier: `embedded` (the model that is shipped), `detoxify` or `none` (the rules alone)."""

    scorer_folder: Path | None = None
    """The folder of the classifier's files, needed for `detoxify`; without one, the model that is shipped."""

    mute_hours: Annotated[float, Field(ge=0.1, le=24)] = 24
    """How many hours an automatic mute lasts, 24 at most."""

    slow_mode_seconds: Annotated[int, Field(ge=1, le=21_600)] = 30
    """How many seconds members wait between two posts while a channel is slowed down."""

    slow_mode_calm_minutes: Annotated[float, Field(ge=1, le=1440)] = 10
    """How many minutes no flood goes on in a channel before the bot lifts the slow mode that it set."""

    lock_minutes: Annotated[float, Field(ge=1, le=1440)] = 60
    """How many minutes a channel stays locked that a rule locked, 1440 at most."""

    context_messages: Annotated[int, Field(ge=0, le=MOST)] = MOST
    """How many messages before and after one on record are kept with it, 10 at most; 0 keeps none."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much goes to the log; message text and tokens never do."""

    discord: DiscordSettings | None = None
    """The Discord server, if there is one."""

    slack: SlackSettings | None = None
    """The Slack workspace, if there is one."""

    evidence: EvidenceSettings = EvidenceSettings()
    """Who besides the operator vouches for the record."""

    casework: CaseworkSettings = CaseworkSettings()
    """Who works on cases, and by which days and for whom the deadlines count."""

    @property
    def mute_for(self) -> timedelta:
        """Give how long an automatic mute lasts."""
        return timedelta(hours=self.mute_hours)

    @property
    def slow_mode_for(self) -> timedelta:
        """Give the wait between two posts in a slowed channel."""
        return timedelta(seconds=self.slow_mode_seconds)

    @property
    def calm_after(self) -> timedelta:
        """Give how long no flood goes on before a slow mode is lifted."""
        return timedelta(minutes=self.slow_mode_calm_minutes)

    @property
    def lock_for(self) -> timedelta:
        """Give how long a rule locks a channel."""
        return timedelta(minutes=self.lock_minutes)

    def secrets(self) -> tuple[str, ...]:
        """Give every token, so that the log can be kept free of them."""
        parts = [part for part in (self.discord, self.slack) if part is not None]
        values = [value for part in parts for value in dict(part).values()]
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def load_settings(file: Path | None, environment: Mapping[str, str]) -> Settings:
    """Put the settings together; what the environment says goes before what the file says.

    Without a name, `hustings.yaml` in the working folder is read if it is there. Raises
    `SettingsError` with every mistake at once.
    """
    sources = read_sources(Settings, file or Path(FILE), environment, must_exist=file is not None)
    if sources.misread and sources.tree is None:
        # Nothing is known of what is set, so nothing can be said to be missing.
        raise SettingsError(tuple(sources.problems))

    class _Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: object, **__: object
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (Given(settings_cls, sources.environment), Given(settings_cls, sources.file))

    problems = list(sources.problems)
    try:
        loaded = _Loaded()
    except ValidationError as error:
        problems += problems_in(error, sources)
    problems += _missing_moderators(sources)
    if problems:
        raise SettingsError(tuple(sorted(problems, key=_in_order)))
    return Settings.model_construct(**dict(loaded))


def problems_in(error: ValidationError, sources: Sources, above: tuple[str, ...] = ()) -> list[Problem]:
    """Say what is wrong and where it was set, once each; `above` is the section that was read alone."""
    wrong = error.errors(include_url=False, include_input=False)
    found = {_problem({**details, "loc": (*above, *details["loc"])}, sources) for details in wrong}
    return sorted((problem for problem in found if problem is not None), key=_in_order)


def _in_order(problem: Problem) -> tuple[bool, str, int, str]:
    return problem.line == 0, problem.file, problem.line, problem.what


def _problem(details: dict[str, Any], sources: Sources) -> Problem | None:
    """Say what is wrong with a setting; nothing where that was said when it was read."""
    path = tuple(step for step in details["loc"] if isinstance(step, str))
    if path in sources.told:
        return None
    name, file, line = sources.place(path, details["loc"])
    said = str(details["msg"])
    match details["type"]:
        case "missing":
            what = f"{name} is missing. Set it in {sources.where_to_put(path)}."
        case "extra_forbidden":
            what = f"{name} is no setting. {sources.known_beside(path)}"
        case "value_error":
            what = f"{name} {said.removeprefix('Value error, ')}."
        case "path_type" | "string_type":
            what = f"{name} is one text, and not a list or a section."
        case _:
            what = f"{name}: {said[:1].lower()}{said[1:]}. docs/settings.md says what it may be."
    return Problem(file, line, what)


def _missing_moderators(sources: Sources) -> list[Problem]:
    problems = []
    for section, named in (
        ("discord", ("moderator_roles", "moderators")),
        ("slack", ("moderators", "moderator_groups")),
    ):
        parts = [given[section] for given in (sources.file, sources.environment) if section in given]
        given = {name: value for part in parts for name, value in part.items()}
        if parts and not any(_listed(given.get(name)) for name in named):
            what = f"{section} names no moderators, so nobody could decide anything. Set {' or '.join(named)}."
            _, file, line = sources.place((section,))
            problems.append(Problem(file, line, what))
    return problems
