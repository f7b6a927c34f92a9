"""What a Slack workspace holds, and how the Web API methods that the adapter calls answer, refusals included."""

from dataclasses import dataclass
from typing import Any

from tests.fakes import slack_payloads as wire

BOT_TOKEN = "xoxb-bot"
ADMIN_TOKEN = "xoxp-admin"
GENERAL = "C0GENERAL"
MODERATORS = "C0MODS"
ELSEWHERE = "C0ELSEWHERE"

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call as it arrived."""

    method: str
    args: Body
    token: str


class Workspace:
    """Members, channels, messages, forms; what happens in it is told through `event`."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Body]] = {GENERAL: {}, MODERATORS: {}, ELSEWHERE: {}}
        self.joined = {GENERAL, MODERATORS}
        self.names = {GENERAL: "general", MODERATORS: "moderators", ELSEWHERE: "elsewhere"}
        self.users = {user: _user(user) for user in ("U1ANN", "U2BEN", "U3MOD", "U4MOD", wire.ADMIN)}
        self.users["U9OUT"] = {**_user("U9OUT"), "team_id": wire.AWAY, "is_stranger": True}
        self.groups: dict[str, list[str]] = {"S0MODS": ["U4MOD"]}
        self.tokens = {
            BOT_TOKEN: {"user_id": wire.BOT_USER, "user": "hustings", "bot_id": wire.BOT},
            ADMIN_TOKEN: {"user_id": wire.ADMIN, "user": "anna"},
        }
        self.views: dict[str, Body] = {}
        self.members: dict[str, list[str]] = {}
        """Who is in each private channel; the others are public, and everybody is in them."""
        self.outside: set[str] = set()
        """Who is in no public channel either."""
        self.page = 2

    async def event(self, event: Body) -> object:
        """Tell the app what happened."""
        raise NotImplementedError

    async def answer(self, call: Call) -> Body:
        """Answer a call as Slack does."""
        if call.token not in self.tokens:
            return {"ok": False, "error": "invalid_auth"}
        method = getattr(self, "_" + call.method.replace(".", "_"), None)
        if method is None:
            return {"ok": False, "error": "unknown_method"}
        told: Body = await method(call)
        return {"ok": "error" not in told, **told}

    async def _auth_test(self, call: Call) -> Body:
        return {"team_id": wire.TEAM, "team": "Branch", "url": "https://branch.slack.com/", **self.tokens[call.token]}

    async def _users_info(self, call: Call) -> Body:
        user = self.users.get(call.args["user"])
        return {"user": user} if user else {"error": "user_not_found"}

    async def _conversations_info(self, call: Call) -> Body:
        channel = call.args["channel"]
        if channel not in self.joined:
            return {"error": "channel_not_found"}
        private = channel in self.members
        return {"channel": {"id": channel, "name": self.names[channel], "is_channel": True, "is_private": private}}

    async def _conversations_members(self, call: Call) -> Body:
        channel, start = call.args["channel"], int(call.args.get("cursor") or 0)
        if channel not in self.joined:
            return {"error": "channel_not_found"}
        everybody = self.members.get(channel, [user for user in self.users if user not in self.outside])
        more = {"response_metadata": {"next_cursor": str(start + self.page) if everybody[start + self.page :] else ""}}
        return {"members": everybody[start : start + self.page], **more}

    async def _usergroups_users_list(self, call: Call) -> Body:
        group = self.groups.get(call.args["usergroup"])
        return {"error": "no_such_subteam"} if group is None else {"users": group}

    async def _conversations_open(self, call: Call) -> Body:
        user = call.args["users"]
        if user not in self.users:
            return {"error": "user_not_found"}
        channel = f"D{user}"
        self.messages.setdefault(channel, {})
        self.joined.add(channel)
        return {"channel": {"id": channel}}

    async def _conversations_history(self, call: Call) -> Body:
        return self._page(call, lambda message: not message.get("thread_ts"))

    async def _conversations_replies(self, call: Call) -> Body:
        root = call.args["ts"]
        return self._page(call, lambda message: root in {message["ts"], message.get("thread_ts")})

    def _page(self, call: Call, wanted: Any) -> Body:
        args = call.args
        if args["channel"] not in self.joined:
            return {"error": "not_in_channel"}
        found = [m for m in self.messages[args["channel"]].values() if wanted(m)]
        root = args.get("ts")
        # The bounds themselves are given only if asked for; the root of a thread always comes along.
        oldest, latest = args.get("oldest") or "0", args.get("latest") or "9" * 10
        bounds = {oldest, latest} if str(args.get("inclusive")).lower() in ("1", "true") else set()
        found = [m for m in found if m["ts"] in {root, *bounds} or oldest < m["ts"] < latest]
        newest, size, start = found[::-1], int(args.get("limit", 100)), int(args.get("cursor") or 0)
        more = start + size < len(newest)
        follows = {"response_metadata": {"next_cursor": str(start + size)}} if more else {}
        return {"messages": newest[start : start + size], "has_more": more, **follows}

    async def _chat_postMessage(self, call: Call) -> Body:  # noqa: N802 - Slack's name
        args, at = call.args, wire.ts()
        if args["channel"] not in self.messages:
            return {"error": "channel_not_found"}
        if args["channel"] not in self.joined:
            return {"error": "not_in_channel"}
        if problem := _problem(args.get("blocks", [])):
            return {"error": "invalid_blocks", "response_metadata": {"messages": [problem]}}
        message = {
            "bot_id": wire.BOT,
            "type": "message",
            "text": args.get("text", ""),
            "user": wire.BOT_USER,
            "ts": at,
            "team": wire.TEAM,
            "blocks": args.get("blocks", []),
            **({"thread_ts": args["thread_ts"]} if args.get("thread_ts") else {}),
            **({"metadata": args["metadata"]} if args.get("metadata") else {}),
        }
        self.messages[args["channel"]][at] = message
        if not args["channel"].startswith("D"):
            await self.event(wire.posted(message, args["channel"]))
        return {"channel": args["channel"], "ts": at, "message": message}

    async def _chat_update(self, call: Call) -> Body:
        args = call.args
        message = self.messages.get(args["channel"], {}).get(args["ts"])
        if message is None:
            return {"error": "message_not_found"}
        if message.get("bot_id") != wire.BOT:
            return {"error": "cant_update_message"}
        if problem := _problem(args.get("blocks", [])):
            return {"error": "invalid_blocks", "response_metadata": {"messages": [problem]}}
        now = {**message, "text": args.get("text", ""), "blocks": args.get("blocks", [])}
        self.messages[args["channel"]][args["ts"]] = now
        await self.event(wire.changed(now, message, args["channel"], at=wire.ts()))
        return {"channel": args["channel"], "ts": args["ts"], "text": now["text"]}

    async def _chat_delete(self, call: Call) -> Body:
        args = call.args
        message = self.messages.get(args["channel"], {}).get(args["ts"])
        if message is None:
            return {"error": "message_not_found"}
        if call.token == BOT_TOKEN and message.get("bot_id") != wire.BOT:
            return {"error": "cant_delete_message"}
        del self.messages[args["channel"]][args["ts"]]
        await self.event(wire.deleted(message, args["channel"], at=wire.ts()))
        return {"channel": args["channel"], "ts": args["ts"]}

    async def _views_open(self, call: Call) -> Body:
        view = call.args["view"]
        if not str(call.args.get("trigger_id", "")).startswith("trigger."):
            return {"error": "invalid_trigger"}
        problem = _problem(view["blocks"])
        if len(view["title"]["text"]) > 24 or len(view.get("private_metadata", "")) > 3000 or problem:
            return {"error": "invalid_arguments", "response_metadata": {"messages": [problem]}}
        opened = {**view, "id": f"V{len(self.views) + 1:06d}", "team_id": wire.TEAM, "app_id": wire.APP}
        self.views[opened["id"]] = opened
        return {"view": opened}


def _user(user: str) -> Body:
    name = user[2:].capitalize()
    return {
        "id": user,
        "team_id": wire.TEAM,
        "name": name.lower(),
        "real_name": f"{name} Real",
        "is_bot": False,
        "is_admin": user == wire.ADMIN,
        "profile": {"display_name": name, "real_name": f"{name} Real"},
    }


def _problem(blocks: list[Body]) -> str:
    """Give the first thing for which Slack would refuse the blocks."""
    if len(blocks) > 50:
        return "no more than 50 items allowed"
    limits = {"section": 3000, "header": 150, "context": 3000}
    for block in blocks:
        texts = [block["text"]] if "text" in block else block.get("elements", [])
        for text in texts:
            words = text.get("text", "") if isinstance(text.get("text"), str) else ""
            if block["type"] in limits and not 1 <= len(words) <= limits[block["type"]]:
                return f"{block['type']}: must be between 1 and {limits[block['type']]} characters"
            if text.get("type") == "button" and (len(text["value"]) > 2000 or len(text["text"]["text"]) > 75):
                return "button: too long"
    return ""
