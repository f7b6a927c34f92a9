"""What Discord sends over the wire, as small as discord.py takes it."""

from datetime import UTC, datetime
from typing import Any

Body = dict[str, Any]

GUILD = "900000000000000001"
GENERAL = "900000000000000002"
ALERTS = "900000000000000003"
MODERATORS = "900000000000000004"
BOT_ROLE = "900000000000000005"
BOT = "900000000000000006"
APPLICATION = "900000000000000007"
ANN = "900000000000000008"
MO = "900000000000000009"
ACT = 1460289006720
"""The permissions of the invitation for acting."""

START = datetime(2026, 5, 3, 12, tzinfo=UTC)
_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


def snowflake(number: int) -> str:
    """Give an id as Discord makes them, one millisecond after the one before."""
    return str((int((START - _EPOCH).total_seconds() * 1000) + number) << 22)


def user(id: str, name: str, *, bot: bool = False) -> Body:
    """Give an account."""
    return {
        "id": id,
        "username": name,
        "global_name": None,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def bot_user() -> Body:
    """Give the bot's own account."""
    return {**user(BOT, "hustings", bot=True), "mfa_enabled": False, "verified": True, "locale": "en-GB"}


def member(id: str, *, name: str = "ann", roles: tuple[str, ...] = (), **changes: Any) -> Body:
    """Give a member with the account."""
    return {
        "user": bot_user() if id == BOT else user(id, name),
        "roles": list(roles),
        "nick": None,
        "avatar": None,
        "banner": None,
        "joined_at": START.isoformat(),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
        **changes,
    }


def guild() -> Body:
    """Give the server with its two channels, as GUILD_CREATE does."""
    return {
        "id": GUILD,
        "name": "Eastwick Branch",
        "icon": None,
        "owner_id": MO,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "premium_tier": 0,
        "preferred_locale": "en-GB",
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [
            _role(GUILD, "@everyone", 66560),
            _role(MODERATORS, "Moderators", 0),
            _role(BOT_ROLE, "Hustings", ACT),
        ],
        "channels": [_channel(GENERAL, "general"), _channel(ALERTS, "moderators")],
        "threads": [],
        "members": [member(BOT, roles=(BOT_ROLE,))],
        "member_count": 3,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "large": False,
        "unavailable": False,
        "joined_at": START.isoformat(),
    }


def ready(session: str, gateway: str) -> Body:
    """Give what answers IDENTIFY."""
    return {
        "v": 10,
        "user": bot_user(),
        "session_id": session,
        "resume_gateway_url": gateway,
        "guilds": [{"id": GUILD, "unavailable": True}],
        "application": {"id": APPLICATION, "flags": 1 << 18},
    }


def application() -> Body:
    """Give the application behind the bot."""
    return {
        "id": APPLICATION,
        "name": "Hustings",
        "icon": None,
        "description": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": (1 << 19) | (1 << 15),
        "owner": user(MO, "mo"),
        "team": None,
    }


def message(id: str, text: str, *, author: str = ANN, name: str = "ann", **changes: Any) -> Body:
    """Give a member's message in #general, as MESSAGE_CREATE does."""
    sender = member(author, name=name)
    account = sender.pop("user")
    return {
        "id": id,
        "channel_id": GENERAL,
        "guild_id": GUILD,
        "author": account,
        "member": sender,
        **_bare(text),
        **changes,
    }


def own_message(id: str, channel: str, body: Body) -> Body:
    """Give what Discord answers when the bot posted or edited a message."""
    return {
        "id": id,
        "channel_id": channel,
        "author": bot_user(),
        **_bare(body.get("content") or ""),
        "components": body.get("components") or [],
        "flags": body.get("flags", 0),
    }


def dm_channel(recipient: str) -> Body:
    """Give the private channel with a member."""
    return {
        "id": f"91{recipient[2:]}",
        "type": 1,
        "last_message_id": None,
        "flags": 0,
        "recipients": [user(recipient, "ann")],
    }


def command(id: str, asked: Body) -> Body:
    """Give a registered command."""
    return {
        "id": id,
        "application_id": APPLICATION,
        "guild_id": GUILD,
        "version": id,
        "default_member_permissions": None,
        "description": "",
        **asked,
    }


def slash(id: str, name: str, /, *, by: str = MO, roles: tuple[str, ...] = (MODERATORS,), **options: Any) -> Body:
    """Give INTERACTION_CREATE for a slash command; a name of two words is a group and its command."""
    group, _, leaf = name.partition(" ")
    given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
    inner = [{"name": leaf, "type": 1, "options": given}] if leaf else given
    return _interaction(
        id, 2, {"id": snowflake(900), "name": group, "type": 1, "guild_id": GUILD, "options": inner}, by, roles
    )


def press(id: str, custom_id: str, card: Body, *, by: str = MO, roles: tuple[str, ...] = (MODERATORS,)) -> Body:
    """Give INTERACTION_CREATE for a button of a card that the bot posted."""
    data = {"custom_id": custom_id, "component_type": 2}
    return {**_interaction(id, 3, data, by, roles), "message": card}


def form(id: str, custom_id: str, reason: str, *, by: str = MO, roles: tuple[str, ...] = (MODERATORS,)) -> Body:
    """Give INTERACTION_CREATE for a form that was sent with a reason."""
    typed = {"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "hustings:reason", "value": reason}}
    return _interaction(id, 5, {"custom_id": custom_id, "components": [typed]}, by, roles)


def callback(interaction: str, body: Body) -> Body:
    """Give what answers the first response to an interaction."""
    answered = {"id": interaction, "type": 2, "response_message_loading": body["type"] == 5}
    if body["type"] != 4:
        return {"interaction": answered}
    posted = own_message(snowflake(800), GENERAL, body["data"])
    return {"interaction": answered, "resource": {"type": 4, "message": posted}}


def unknown(what: str, code: int) -> Body:
    """Give Discord's word for something that does not exist."""
    return error(f"Unknown {what}", code)


def error(message: str, code: int) -> Body:
    """Give Discord's word for something that it does not do."""
    return {"message": message, "code": code}


def _bare(text: str) -> Body:
    return {
        "type": 0,
        "content": text,
        "timestamp": START.isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
    }


def _role(id: str, name: str, permissions: int) -> Body:
    return {
        "id": id,
        "name": name,
        "permissions": str(permissions),
        "position": 0 if id == GUILD else 1,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def _channel(id: str, name: str) -> Body:
    return {
        "id": id,
        "type": 0,
        "guild_id": GUILD,
        "name": name,
        "position": 0,
        "permission_overwrites": [],
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "flags": 0,
    }


def _interaction(id: str, kind: int, data: Body, by: str, roles: tuple[str, ...]) -> Body:
    return {
        "id": id,
        "application_id": APPLICATION,
        "type": kind,
        "token": f"token-{id}",
        "version": 1,
        "data": data,
        "guild_id": GUILD,
        "channel_id": GENERAL,
        "channel": _channel(GENERAL, "general"),
        "member": {**member(by, name="mo", roles=roles), "permissions": "66560"},
        "locale": "en-GB",
        "guild_locale": "en-GB",
        "app_permissions": str(ACT),
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }
