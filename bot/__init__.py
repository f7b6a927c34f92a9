"""The outside world: entry points, adapters, storage and the wiring that joins them."""
