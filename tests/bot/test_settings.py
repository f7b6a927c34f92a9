"""Settings: from a file, the environment and secret files; every mistake at once; tokens never shown."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, SettingsError, load_settings
from policies.decisions import Mode

ID = "123456789012345678"
OTHER = "987654321098765432"
FILE = f"""
organisation: Ribble branch
mode: act
policy: party.yaml
mute_hours: 12
discord:
  server: {ID}
  alert_channel: {OTHER}
  moderator_roles: [{ID}, {OTHER}]
slack:
  alert_channel: C0123ABCD
  moderators:
    - U0123ABCD
"""
TOKENS = {"DISCORD_TOKEN": "discord-secret", "SLACK_BOT_TOKEN": "xoxb-secret", "SLACK_APP_TOKEN": "xapp-secret"}


def load(text: str, environment: Mapping[str, str], folder: Path) -> Settings:
    file = folder / "hustings.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environment)


def mistakes(text: str, environment: Mapping[str, str], folder: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(text, environment, folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_without_anything_the_defaults_are_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {})
    assert settings.mode is Mode.OBSERVE
    assert settings.discord is None
    assert settings.slack is None
    assert settings.mute_for == timedelta(hours=24)


def test_a_file_and_tokens_from_the_environment_make_settings(tmp_path: Path) -> None:
    settings = load(FILE, TOKENS, tmp_path)
    assert settings.organisation == "Ribble branch"
    assert settings.mode is Mode.ACT
    assert settings.mute_for == timedelta(hours=12)
    assert settings.discord
    assert settings.discord.moderator_roles == (ID, OTHER)
    assert settings.discord.token.get_secret_value() == "discord-secret"
    assert settings.slack
    assert settings.slack.moderators == ("U0123ABCD",)
    assert settings.slack.admin_token is None


def test_the_environment_goes_before_the_file_and_knows_lists(tmp_path: Path) -> None:
    more = {"HUSTINGS_MODE": "observe", "DISCORD_MODERATOR_ROLES": f"{OTHER}, {ID}"}
    settings = load(FILE, TOKENS | more, tmp_path)
    assert settings.mode is Mode.OBSERVE
    assert settings.discord
    assert settings.discord.moderator_roles == (OTHER, ID)
    assert settings.discord.server == ID


def test_the_environment_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(
        None,
        {"SLACK_ALERT_CHANNEL": "C0123ABCD", "SLACK_MODERATOR_GROUPS": "S0123ABCD"} | TOKENS | {"DISCORD_TOKEN": ""},
    )
    assert settings.discord is None
    assert settings.slack
    assert settings.slack.moderator_groups == ("S0123ABCD",)


def test_tokens_come_from_files_that_the_environment_names(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from-a-file\n")
    environment = TOKENS | {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": str(secret)}
    settings = load(FILE, environment, tmp_path)
    assert settings.discord
    assert settings.discord.token.get_secret_value() == "from-a-file"


def test_a_dotenv_file_beside_the_settings_is_read_below_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=dotenv\nHUSTINGS_MODE=observe\n")
    settings = load(FILE, {name: value for name, value in TOKENS.items() if name != "DISCORD_TOKEN"}, tmp_path)
    assert settings.discord
    assert settings.discord.token.get_secret_value() == "dotenv"
    assert load(FILE, TOKENS, tmp_path).secrets()[0] == "discord-secret"
    assert settings.mode is Mode.OBSERVE


def test_tokens_are_never_shown(tmp_path: Path) -> None:
    settings = load(FILE, TOKENS | {"SLACK_ADMIN_TOKEN": "xoxp-secret"}, tmp_path)
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    assert [secret for secret in settings.secrets() if secret in shown] == []
    assert settings.secrets() == ("discord-secret", "xoxb-secret", "xapp-secret", "xoxp-secret")


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = load(FILE, TOKENS, tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        settings.mode = Mode.OBSERVE


def test_every_mistake_is_told_at_once_with_its_place_and_what_to_do(tmp_path: Path) -> None:
    text = f"""
mode: acts
mute_hours: 48
colour: blue
discord:
  token: abc
  server: 12
  alert_chanel: {ID}
  moderators: [{ID}]
slack:
  alert_channel: general
  moderators:
    - U0123ABCD
    - bob
"""
    environment = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "wrong", "DISCORD_TOKEN_FILE": "/nowhere/token"}
    assert mistakes(text, environment, tmp_path) == [
        "hustings.yaml:2: mode: input should be 'observe' or 'act'. docs/settings.md says what it may be.",
        "hustings.yaml:3: mute_hours: input should be less than or equal to 24. docs/settings.md says what it may be.",
        "hustings.yaml:4: colour is no setting. Use one of: organisation, mode, policy, data, scorer, scorer_folder, "
        "mute_hours, slow_mode_seconds, slow_mode_calm_minutes, lock_minutes, context_messages, log_level, discord, "
        "slack, evidence, casework.",
        f"hustings.yaml:5: discord.alert_channel is missing. Set it in {tmp_path}/hustings.yaml, or in "
        "DISCORD_ALERT_CHANNEL.",
        "hustings.yaml:6: discord.token is a secret and does not belong in this file. Take it out, and set it in "
        "DISCORD_TOKEN, or name a file that holds it in DISCORD_TOKEN_FILE.",
        "hustings.yaml:7: discord.server is no Discord id. Switch on developer mode in Discord's settings, then "
        "right-click and 'Copy ID'.",
        "hustings.yaml:8: discord.alert_chanel is no setting. Did you mean 'alert_channel'? Use one of: token, server, "
        "alert_channel, moderator_roles, moderators, channels.",
        "hustings.yaml:11: slack.alert_channel is no Slack id of a channel: such ids begin with C or G, as in "
        "C0123ABCD.",
        "hustings.yaml:14: slack.moderators is no Slack id of a member: such ids begin with U or W, as in U0123ABCD.",
        "environment: DISCORD_TOKEN_FILE: /nowhere/token cannot be read: No such file or directory. Check the name and "
        "the rights.",
        "environment: SLACK_APP_TOKEN is no such token: it begins with xapp-. Copy it from the app's page "
        "'Basic Information'.",
    ]


def test_missing_moderators_are_told_together_with_other_mistakes(tmp_path: Path) -> None:
    text = f"mode: acts\ndiscord: {{server: {ID}, alert_channel: {ID}, moderators: []}}"
    assert [sentence.partition(" ")[2][:24] for sentence in mistakes(text, {"DISCORD_TOKEN": "t"}, tmp_path)] == [
        "mode: input should be 'o",
        "discord names no moderat",
    ]


@pytest.mark.parametrize(
    "variable", [pytest.param("SLACK_BOT_TOKEN_FILE", id="unread"), pytest.param("", id="in-the-settings")]
)
def test_a_token_that_cannot_be_used_is_told_once(variable: str, tmp_path: Path) -> None:
    token = "" if variable else "bot_token: xoxb-1, "
    text = f"slack: {{{token}alert_channel: C0123ABCD, moderators: [U0123ABCD]}}"
    environment = {"SLACK_APP_TOKEN": "xapp-1"} | ({variable: "/nowhere/token"} if variable else {})
    assert len(mistakes(text, environment, tmp_path)) == 1


def test_of_a_file_that_is_not_yaml_nothing_is_said_to_be_missing(tmp_path: Path) -> None:
    (sentence,) = mistakes("discord: [1\nb: : :", TOKENS, tmp_path)
    assert "this is not YAML" in sentence


@pytest.mark.parametrize(
    ("text", "environment", "said"),
    [
        pytest.param(
            f"discord: {{server: {ID}, alert_channel: {ID}, moderators: [{ID}]}}", {}, "DISCORD_TOKEN", id="no-token"
        ),
        pytest.param(
            f"discord: {{server: {ID}, alert_channel: {ID}}}",
            {"DISCORD_TOKEN": "t"},
            "no moderators",
            id="no-moderators",
        ),
        pytest.param("- a\n- b", {}, "the file must hold settings", id="a-list"),
        pytest.param("mode: 'act", {}, "quotation mark", id="broken-yaml"),
        pytest.param("discord: yes", TOKENS, "discord is a section", id="section-that-is-a-word"),
        pytest.param("data: [x]", {}, "data is one text", id="path-that-is-a-list"),
        pytest.param("mode:\n  deep: er", {}, "mode", id="word-that-is-a-section"),
    ],
)
def test_a_mistake_is_a_sentence(text: str, environment: Mapping[str, str], said: str, tmp_path: Path) -> None:
    found = mistakes(text, environment, tmp_path)
    assert any(said in sentence for sentence in found), found


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        load_settings(tmp_path / "other.yaml", {})


def test_an_empty_file_is_no_mistake(tmp_path: Path) -> None:
    assert load("", {}, tmp_path).mode is Mode.OBSERVE


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ("ada", "evidence.people is no person"),
        ("ada:queen", "the role one of admin"),
        ("ada/:admin", "is no person"),
        ("ada:admin,ben/ada:auditor", "names somebody twice"),
    ],
)
def test_people_have_one_line_and_a_role_each(people: str, says: str, tmp_path: Path) -> None:
    found = mistakes("", {"EVIDENCE_PEOPLE": people}, tmp_path)
    assert any(says in mistake.replace("EVIDENCE_PEOPLE", "evidence.people") for mistake in found)
