"""Calling Slack's Web API: which failures pass, which are answers, how long to wait."""

import logging
from collections.abc import Awaitable

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.errors import PlatformUnavailable

SLACK = "https://slack.com/api/"

LOST = (aiohttp.ClientError, OSError, TimeoutError)
"""What a call raises when no answer came."""

TOKEN_REFUSED = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
"""Slack's words for a token that will not do, however often it is tried."""

_PASSING = frozenset({"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"})
_LONGEST_WAIT = 60
_WAITS = 3
_TIMEOUT = aiohttp.ClientTimeout(total=15)


class Patience(AsyncRateLimitErrorRetryHandler):
    """Waits out `Retry-After` a few times, unless Slack asks for more than a minute."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        limited = await super()._can_retry_async(state=state, request=request, response=response, error=error)
        if not limited or response is None:
            return False
        asked = next((value for key, value in response.headers.items() if key.lower() == "retry-after"), "1")
        seconds = asked[0] if isinstance(asked, list) else asked
        return str(seconds).isdecimal() and int(seconds) <= _LONGEST_WAIT


def quiet_logger() -> logging.Logger:
    """Give the libraries' logger: at debug level they would write message text and headers into the log."""
    logger = logging.getLogger("hustings.slack.library")
    logger.setLevel(logging.INFO)
    logger.addFilter(_of_interest)
    return logger


def _of_interest(record: logging.LogRecord) -> bool:
    # Bolt finds SLACK_BOT_TOKEN in the environment by itself and then says that it will not use it.
    return "`token` will be unused" not in record.getMessage()


def session() -> aiohttp.ClientSession:
    """Open the connections that all calls share."""
    return aiohttp.ClientSession(timeout=_TIMEOUT)


def web_client(
    token: str, using: aiohttp.ClientSession, *, base_url: str = SLACK, patient: bool = True
) -> AsyncWebClient:
    """Give a client for one token.

    A lost connection is not tried again here: a message might then be posted twice.
    """
    waits: list[AsyncRetryHandler] = [Patience(max_retry_count=_WAITS)] if patient else []
    return AsyncWebClient(token=token, base_url=base_url, session=using, logger=quiet_logger(), retry_handlers=waits)


async def answered(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Give Slack's answer; raises `SlackApiError` for a refusal and `PlatformUnavailable` where none came."""
    try:
        return await call
    except SlackApiError as error:
        word = reason(error)
        if word and word not in _PASSING:
            raise
        raise PlatformUnavailable(f"Slack did not carry out a call ({word or 'no readable answer'}).") from error
    except (SlackClientError, *LOST) as error:
        raise PlatformUnavailable(f"Slack did not answer ({type(error).__name__}).") from error


def reason(error: Exception) -> str:
    """Give Slack's word for a refusal, such as `channel_not_found`; empty where there is none."""
    response: object = getattr(error, "response", None)
    data: object = getattr(response, "data", response)
    found = data.get("error") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


def retry_after(error: Exception) -> float:
    """Give the seconds that Slack asked to wait, 0 where it did not."""
    headers: object = getattr(getattr(error, "response", None), "headers", None)
    if headers is None or not hasattr(headers, "items"):
        return 0.0
    asked = next((str(value) for key, value in headers.items() if str(key).lower() == "retry-after"), "")
    return float(asked) if asked.isdecimal() else 0.0
