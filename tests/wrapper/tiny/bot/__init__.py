"""The tiny command."""
