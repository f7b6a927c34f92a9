"""What the handlers promise."""
