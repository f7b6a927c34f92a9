"""The Slack adapter, run by the unmodified client against a Slack on loopback."""
