"""The Discord guide says what the adapter does and what the invitation asks for."""

import re

import discord
import pytest
from discord import app_commands

from bot.discord_adapter.client import INTENTS
from bot.discord_adapter.commands import REPORT_MENU, Desk, add_commands
from tests.architecture.sources import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "discord.md").read_text(encoding="utf-8")
ADAPTER = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "bot" / "discord_adapter").glob("*.py"))
OBSERVE = (
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "embed_links",
    "attach_files",
    "read_message_history",
    "create_private_threads",
    "manage_threads",
    "view_audit_log",
)
ACT = (*OBSERVE, "manage_messages", "moderate_members")


class _NoDesk(Desk):
    """Carries nothing out; the commands need one to be listed."""

    def __init__(self) -> None:
        pass


@pytest.mark.parametrize(
    ("purpose", "permissions"),
    [
        ("observe", OBSERVE),
        ("act", ACT),
        ("act and carry out sanctions", (*ACT, "kick_members", "ban_members", "manage_roles")),
    ],
)
def test_each_number_of_the_invitation_is_that_of_its_permissions(purpose: str, permissions: tuple[str, ...]) -> None:
    number = discord.Permissions(**dict.fromkeys(permissions, True)).value
    assert re.search(rf"^\| {purpose} \|.*\| `{number}` \|$", GUIDE, re.MULTILINE)


def test_the_number_with_slow_mode_adds_one_permission() -> None:
    number = discord.Permissions(**dict.fromkeys((*ACT, "manage_channels"), True)).value
    assert f"`{number}` in all" in GUIDE
    with_locks = discord.Permissions(**dict.fromkeys((*ACT, "manage_channels", "manage_roles"), True)).value
    assert f"`{with_locks}` with both" in GUIDE


def test_no_invitation_asks_for_administrator() -> None:
    numbers = [int(number) for number in re.findall(r"`(\d{12,13})`", GUIDE)]
    assert len(numbers) == 5
    assert not any(discord.Permissions(number).administrator for number in numbers)


def test_the_link_is_the_one_that_the_library_makes() -> None:
    made = discord.utils.oauth_url(
        1,
        permissions=discord.Permissions(**dict.fromkeys(ACT, True)),
        guild=discord.Object(2),
        disable_guild_select=True,
        scopes=("bot", "applications.commands"),
    )
    (link,) = re.findall(r"^https://discord\.com/oauth2/\S+$", GUIDE, re.MULTILINE)
    assert link.replace("YOUR_APPLICATION_ID", "1").replace("YOUR_SERVER_ID", "2") == made


def test_every_command_is_in_the_guide_with_who_may_use_it() -> None:
    tree = app_commands.CommandTree(discord.Client(intents=INTENTS))
    add_commands(tree, _NoDesk())
    leaves = [c for c in tree.walk_commands() if isinstance(c, app_commands.Command)]
    assert len(leaves) == 12
    for command in leaves:
        row = next(row for row in GUIDE.splitlines() if row.startswith(f"| `/{command.qualified_name}` |"))
        assert row.endswith("| moderators |") == command.description.endswith("(moderators)"), command.name
    assert f"**{REPORT_MENU}**" in GUIDE


@pytest.mark.parametrize("sentence", re.findall(r"^\| `([^`]+)`", GUIDE.partition("## When something")[2], re.M))
def test_what_the_log_is_said_to_say_is_what_it_says(sentence: str) -> None:
    assert sentence in ADAPTER


def test_both_privileged_intents_are_named() -> None:
    assert (INTENTS.members, INTENTS.message_content, INTENTS.presences) == (True, True, False)
    assert "**Server Members Intent** and **Message Content Intent**" in GUIDE
