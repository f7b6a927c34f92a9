"""Discord: its events in our words, our actions in its calls."""
