"""Tests of what only several messages together show."""
