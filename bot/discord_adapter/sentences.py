"""What the connection to Discord says when something about it is wrong, and what to do."""

BROKEN = "Something went wrong on our side and is in the log. Nothing more was done; please try again."
UNKNOWN_COMMAND = (
    "Discord shows an older list of commands than this bot has. Ask whoever runs it to start it once with "
    "--sync-commands."
)
NO_INTENTS = (
    "Discord refuses the privileged intents. Open the application in Discord's developer portal, page Bot, and "
    "switch on 'Server Members Intent' and 'Message Content Intent'; without them nothing can be monitored."
)
BAD_TOKEN = (
    "Discord does not accept the bot token. Copy it anew from the developer portal, page Bot, Reset Token, "
    "into DISCORD_TOKEN."
)
WITHHELD = (
    "Discord delivers messages without their text, so nothing is being monitored. Switch on 'Message Content "
    "Intent' in Discord's developer portal, page Bot, and start the bot again."
)
NOT_A_MEMBER = (
    "The bot is not a member of the Discord server {guild}, so nothing is being monitored there. Open the "
    "invitation link from the set-up guide and choose that server."
)

NO_ALERTS = (
    "The bot cannot write in the moderators' channel {channel}, so nobody sees its alerts. Let it View Channel and "
    "Send Messages there, or name another channel in DISCORD_ALERT_CHANNEL."
)

LACKING = (
    "In the Discord server the bot's role lacks {lacking}. Give it these in Server Settings, Roles, or invite the bot "
    "again with permissions={number}; until then what needs them is refused and has to be done by hand."
)
