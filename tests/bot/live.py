"""The whole bot in a process of its own, as `hustings run` starts it, but with its Slack elsewhere."""

import asyncio
import sys
from pathlib import Path

from bot.app import serve
from bot.logs import set_up_logs
from bot.settings import load_settings

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-bot", "SLACK_APP_TOKEN": "xapp-app", "SLACK_ADMIN_TOKEN": "xoxp-admin"}


def main(settings: Path, slack_url: str) -> None:
    """Run until told to stop."""
    chosen = load_settings(
        settings, {"SLACK_BOT_TOKEN": "xoxb-bot", "SLACK_APP_TOKEN": "xapp-app", "SLACK_ADMIN_TOKEN": "xoxp-admin"}
    )
    set_up_logs(chosen.log_level, chosen.secrets())
    asyncio.run(serve(chosen, slack_url=slack_url))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
