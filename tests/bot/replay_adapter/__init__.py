"""Exports read as the platforms write them, whole and damaged."""
