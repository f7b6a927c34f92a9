"""The record in one SQLite file with one writer."""
