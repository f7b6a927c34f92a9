"""Slack: Socket Mode events in, Web API calls out."""
