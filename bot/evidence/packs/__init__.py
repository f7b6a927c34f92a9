"""Packs: incidents as a folder of files that a stranger can read and verify; no database is known here."""
