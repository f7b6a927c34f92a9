"""Hand-written stand-ins for the outside world, held to the same contracts as the real ones."""
