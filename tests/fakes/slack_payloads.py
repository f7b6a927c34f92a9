"""The bodies that Slack sends, built field by field as its own examples have them."""

from itertools import count
from typing import Any

TEAM = "T0HOME"
AWAY = "T9AWAY"
APP = "A0HUSTINGS"
BOT_USER = "U0BOT"
BOT = "B0BOT"
ADMIN = "U0ADMIN"
OTHER_BOT = "B7FEED"

Body = dict[str, Any]

_numbers = count(1)


def ts() -> str:
    """Give the next timestamp; they only ever grow, as in a real channel."""
    return f"{1_760_000_000 + next(_numbers)}.{next(_numbers):06d}"


def event_callback(event: Body, *, event_id: str = "", shared: bool = False) -> Body:
    """Wrap an event as the Events API does."""
    return {
        "token": "verification-token",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or f"Ev{next(_numbers):08d}",
        "event_time": 1_760_000_000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": "4-context",
    }


def message(user: str, text: str, *, at: str, team: str = TEAM, thread: str = "", **extra: Any) -> Body:
    """Give a message as a member writes it; those of a subtype do not name the author's workspace."""
    written: Body = {
        "client_msg_id": f"00000000-0000-4000-8000-{next(_numbers):012d}",
        "type": "message",
        "text": text,
        "user": user,
        "ts": at,
        "team": team,
        "blocks": [
            {
                "type": "rich_text",
                "block_id": "b1",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
            }
        ],
    }
    if not user:  # an app of the old kind has no account, only a bot id
        del written["user"]
    if "subtype" in extra:
        del written["team"]
    if thread:
        written["thread_ts"] = thread
        if extra.get("subtype") != "thread_broadcast":
            written["parent_user_id"] = user
    return written | extra


def posted(said: Body, channel: str) -> Body:
    """Give the event of a new message."""
    return {**said, "channel": channel, "event_ts": said["ts"], "channel_type": "channel"}


def changed(now: Body, before: Body | None, channel: str, *, at: str) -> Body:
    """Give the event of a changed message."""
    event: Body = {
        "type": "message",
        "subtype": "message_changed",
        "message": now,
        "channel": channel,
        "hidden": True,
        "ts": at,
        "event_ts": at,
        "channel_type": "channel",
    }
    return {**event, "previous_message": before} if before is not None else event


def deleted(before: Body, channel: str, *, at: str) -> Body:
    """Give the event of a deleted message."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": channel,
        "hidden": True,
        "deleted_ts": before["ts"],
        "event_ts": at,
        "ts": at,
        "channel_type": "channel",
    }


def file(name: str) -> Body:
    """Give a file as it comes with a message."""
    return {
        "id": f"F{next(_numbers):06d}",
        "created": 1_760_000_000,
        "timestamp": 1_760_000_000,
        "name": name,
        "title": name,
        "mimetype": "image/png",
        "filetype": "png",
        "user": "U1ANN",
        "size": 92_582,
        "mode": "hosted",
        "url_private": f"https://files.slack.com/files-pri/{TEAM}/{name}",
        "url_private_download": f"https://files.slack.com/files-pri/{TEAM}/download/{name}",
    }


def slash_command(user: str, text: str, *, channel: str, trigger: str, response_url: str) -> Body:
    """Give a `/hustings` command."""
    return {
        "token": "verification-token",
        "team_id": TEAM,
        "team_domain": "branch",
        "channel_id": channel,
        "channel_name": "general",
        "user_id": user,
        "user_name": user.lower(),
        "command": "/hustings",
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def _person(user: str, team: str) -> Body:
    return {"id": user, "username": user.lower(), "name": user.lower(), "team_id": team}


def block_actions(
    user: str, action: Body, *, card: Body, channel: str, trigger: str, response_url: str, team: str = TEAM
) -> Body:
    """Give the press of a button under a message."""
    return {
        "type": "block_actions",
        "user": _person(user, team),
        "api_app_id": APP,
        "token": "verification-token",
        "container": {
            "type": "message",
            "message_ts": card["ts"],
            "channel_id": channel,
            "is_ephemeral": False,
        },
        "trigger_id": trigger,
        "team": {"id": TEAM, "domain": "branch"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": "moderators"},
        "message": card,
        "response_url": response_url,
        "actions": [
            {
                "action_id": action["action_id"],
                "block_id": "b",
                "text": action["text"],
                "value": action["value"],
                "type": "button",
                "action_ts": ts(),
            }
        ],
    }


def view_submission(user: str, view: Body, values: dict[str, dict[str, str]]) -> Body:
    """Give a form as it comes back filled in."""
    state = {
        block: {action: {"type": "plain_text_input", "value": value} for action, value in inputs.items()}
        for block, inputs in values.items()
    }
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "branch"},
        "user": _person(user, TEAM),
        "api_app_id": APP,
        "token": "verification-token",
        "trigger_id": f"trigger.{ts()}",
        "view": {**view, "state": {"values": state}},
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def message_action(user: str, said: Body, *, channel: str, name: str, trigger: str, response_url: str) -> Body:
    """Give the message shortcut, which carries the message even where the app is not in the channel."""
    return {
        "type": "message_action",
        "token": "verification-token",
        "action_ts": ts(),
        "team": {"id": TEAM, "domain": "branch"},
        "user": {"id": user, "name": user.lower(), "team_id": TEAM},
        "channel": {"id": channel, "name": name},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": "report_message",
        "trigger_id": trigger,
        "response_url": response_url,
        "message_ts": said["ts"],
        "message": said,
    }
