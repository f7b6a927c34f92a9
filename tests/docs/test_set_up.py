"""The set-up guide asks the platforms for what the adapters use."""

import re
from typing import Any

import discord
from discord import app_commands
from ruamel.yaml import YAML

from bot.discord_adapter.client import INTENTS
from bot.discord_adapter.commands import REPORT_MENU, add_commands
from bot.slack_adapter import cards
from bot.slack_adapter.commands import HELP
from tests.architecture.sources import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "set-up.md").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = YAML(typ="safe").load(REPOSITORY / "docs" / "slack-manifest.yaml")
ADAPTER = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "bot" / "slack_adapter").glob("*.py"))

SCOPES = {
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_replies": {"channels:history", "groups:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "apps_connections_open": set(),
    "auth_test": set(),
    "chat_delete": set(),
    "views_open": set(),
}
"""What each method asks of the bot's own token; deletions go through the administrator's, connections the app's."""


def test_the_privileged_intents_that_the_bot_asks_for_are_named() -> None:
    assert INTENTS.members == ("Server Members Intent" in GUIDE)
    assert INTENTS.message_content == ("Message Content Intent" in GUIDE)
    assert not INTENTS.presences


def test_every_discord_command_is_in_the_guide() -> None:
    class _NoDesk:
        pass

    tree = app_commands.CommandTree(discord.Client(intents=INTENTS))
    add_commands(tree, _NoDesk())  # type: ignore[arg-type]  # nothing is carried out here
    names = [f"`/{command.qualified_name}`" for command in tree.walk_commands() if not hasattr(command, "commands")]
    assert [name for name in names if name not in GUIDE] == []
    assert f"*{REPORT_MENU}*" in GUIDE


def test_every_slack_command_is_in_the_guide() -> None:
    verbs = {match.split(" - ")[0] for match in re.findall(r"^(/hustings .*)$", HELP, re.MULTILINE)}
    plain = {re.match(r"/hustings (?:[a-z]+ ?)+", verb)[0].strip() for verb in verbs}  # type: ignore[index]  # all match
    plain = {verb.removesuffix(" reason") for verb in plain} - {"/hustings help"}
    assert {verb for verb in plain if f"`{verb}`" not in GUIDE} == set()


def test_the_manifest_has_what_the_adapter_listens_to() -> None:
    features, settings = MANIFEST["features"], MANIFEST["settings"]
    assert [command["command"] for command in features["slash_commands"]] == ["/hustings"]
    assert [shortcut["callback_id"] for shortcut in features["shortcuts"]] == [cards.REPORT_SHORTCUT]
    assert settings["socket_mode_enabled"]
    assert settings["interactivity"]["is_enabled"]
    assert set(settings["event_subscriptions"]["bot_events"]) == {
        "app_uninstalled",
        "message.channels",
        "message.groups",
        "team_join",
        "tokens_revoked",
        "user_change",
    }


def test_the_manifest_asks_for_the_scopes_of_the_methods_that_are_called_and_no_others() -> None:
    called = set(re.findall(r"\.((?:chat|conversations|users|usergroups|views|auth)_\w+)\(", ADAPTER)) & set(SCOPES)
    needed = set().union(*(SCOPES[method] for method in called))
    asked = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert asked == needed | {"commands", "files:read", "metadata.message:read"}


def test_no_method_is_called_whose_scope_is_not_known_here() -> None:
    called = set(re.findall(r"(?:web|hasty|_web|_hasty)\.([a-z]+_\w+)\(", ADAPTER))
    assert called <= set(SCOPES)
