"""What the bot sends, and what the loopback Discord answers, held against Discord's own description."""

import asyncio
import json
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policies.decisions import Action
from policies.identifiers import ChannelId, CommunityId, MemberId, MessageId
from tests.bot.discord_adapter.wire import Line, make_line
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_gateway import Call, FakeDiscord
from tests.fakes.reading import THREAT

_BESIDE = Path(__file__).resolve().parents[3].parent / "shared" / "fixtures"
FIXTURES = Path(os.environ.get("HUSTINGS_FIXTURES", _BESIDE))
DESCRIPTION = FIXTURES / "discord" / "openapi.json"

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.is_file(),
    reason=f"no Discord description at {DESCRIPTION}; set HUSTINGS_FIXTURES to the folder of the fixtures",
)


@cache
def description() -> dict[str, Any]:
    """Read Discord's description of its API."""
    read: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return read


def operation(call: Call) -> dict[str, Any]:
    """Find what the description says of a call; the path with the fewest placeholders wins."""
    fitting = []
    for template, methods in description()["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", re.escape(template).replace(r"\{", "{").replace(r"\}", "}"))
        if re.fullmatch(pattern, call.path) and call.method.lower() in methods:
            fitting.append((template.count("{"), template))
    assert fitting, f"Discord has no route {call.method} {call.path}"
    found: dict[str, Any] = description()["paths"][min(fitting)[1]][call.method.lower()]
    return found


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """Make a validator for a schema that refers to the description's components."""
    return Draft202012Validator({**schema, "components": description()["components"]})


def snowflakes_as_text(value: Any) -> Any:
    """Write ids that travel as numbers as the strings that the description has; Discord takes both."""
    if isinstance(value, dict):
        return {key: _permissions(key, snowflakes_as_text(item)) for key, item in value.items()}
    if isinstance(value, list):
        return [snowflakes_as_text(item) for item in value]
    return str(value) if isinstance(value, int) and value > 1 << 53 else value


def _permissions(key: str, value: Any) -> Any:
    """Write permissions as the numbers that the description has; they travel as strings, and Discord takes both."""
    return int(value) if key in ("allow", "deny") and isinstance(value, str) and value.isdecimal() else value


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    """Give what the description holds against a value, without quoting it."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.validator}"
        for error in validator(schema).iter_errors(snowflakes_as_text(value))
    ]


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A part that has used every route it knows."""
    fake = FakeDiscord()
    await fake.start()
    fake.point(monkeypatch.setattr)
    opened = make_line(fake, sync_commands=True)
    await opened.connected()
    await _use_everything(opened)
    await opened.hang_up()
    await fake.stop()
    return opened


async def test_every_request_is_one_that_discord_describes(line: Line) -> None:
    sent = [call for call in line.discord.calls if call.body is not None]
    assert len({(call.method, re.sub(r"\d{5,}", "*", call.path)) for call in sent}) >= 11
    wrong = {}
    for call in sent:
        asked = operation(call)
        body = asked["requestBody"]["content"]["application/json"]["schema"]
        found = complaints(body, call.body)
        if found:
            wrong[f"{call.method} {call.path}"] = found
    assert wrong == {}


async def test_every_audit_reason_fits(line: Line) -> None:
    reasons = [call.reason for call in line.discord.calls if call.reason]
    assert len(reasons) >= 3
    assert all(len(reason) <= 512 for reason in reasons)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("MessageResponse", payloads.message("900000000000000050", "hello")),
        ("MessageResponse", payloads.own_message("900000000000000051", payloads.ALERTS, {"content": "hello"})),
        ("UserResponse", payloads.user(payloads.ANN, "ann")),
        ("GuildMemberResponse", payloads.member(payloads.ANN)),
        ("PrivateChannelResponse", payloads.dm_channel(payloads.ANN)),
        ("InteractionCallbackResponse", payloads.callback("900000000000000052", {"type": 5})),
        ("ErrorResponse", payloads.unknown("Message", 10008)),
    ],
)
def test_the_loopback_answers_as_discord_describes(schema: str, value: dict[str, Any]) -> None:
    assert complaints({"$ref": f"#/components/schemas/{schema}"}, value) == []


def test_a_body_that_discord_would_refuse_is_found() -> None:
    call = Call("POST", "/channels/1/messages", {"content": 7}, "", "", {})
    schema = operation(call)["requestBody"]["content"]["application/json"]["schema"]
    assert complaints(schema, call.body) != []


async def _use_everything(line: Line) -> None:
    discord, platform = line.discord, line.part.platform
    await discord.say(f"a {THREAT} for you")
    await line.kept("evidence.outcome alert done")
    kept = line.incident()
    posted = await discord.asked("POST", f"/channels/{payloads.ALERTS}/messages")
    card = payloads.own_message(kept.receipt(Action.ALERT).partition("/")[2], payloads.ALERTS, posted.body)
    button = payloads.press(discord.next_id(), f"hustings:not-abuse:{kept.id}:0", card)
    await discord.dispatch("INTERACTION_CREATE", button)
    form = await discord.asked("POST", "/callback")
    answer = payloads.form(discord.next_id(), form.body["data"]["custom_id"], "The title of a play.")
    await discord.dispatch("INTERACTION_CREATE", answer)
    await discord.asked("PATCH", "/messages/@original")
    shown = payloads.slash(discord.next_id(), "incident show", id=kept.id)
    await discord.dispatch("INTERACTION_CREATE", shown)
    await discord.calls.until(lambda call: call.method == "POST" and call.path.startswith("/webhooks/"))
    stranger = payloads.press(discord.next_id(), f"hustings:uphold:{kept.id}:0", card, by=payloads.ANN, roles=())
    await discord.dispatch("INTERACTION_CREATE", stranger)
    await discord.calls.until(lambda call: call.path.endswith("/callback") and call.body["type"] == 4)
    together = [replace(kept.event.ref, message=MessageId(discord.next_id())) for _ in range(3)]
    await asyncio.gather(*(platform.hide(one, reason=f"{kept.id}: flood") for one in together))
    await platform.slow_mode(CommunityId(payloads.GUILD), ChannelId(payloads.GENERAL), seconds=30, reason="I-1")
    here, stood = (CommunityId(payloads.GUILD), ChannelId(payloads.GENERAL)), []
    for _ in range(2):  # without a mark of the channel's own, and with one
        stood.append((await platform.channel_state(*here)).writing)
        await platform.lock(*here, reason="I-1: raid")
        await platform.unlock(*here, stood=stood[-1], reason="I-1")
        discord.guild["channels"][0]["permission_overwrites"] = [
            {"id": payloads.GUILD, "type": 0, "allow": "64", "deny": "0"}
        ]
    assert stood == ["none", "64 0"]
    await platform.unmute(kept.event.ref, MemberId(payloads.ANN), reason="I-1")
