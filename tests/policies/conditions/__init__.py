"""Conditions: what may be written, what is refused, and that skipping never changes an answer."""
