"""Timings of the whole, run with `python -m tests.bench`."""
