"""Failures on purpose: power cuts, broken disks, killed processes, turned clocks, and what the record makes of them."""
