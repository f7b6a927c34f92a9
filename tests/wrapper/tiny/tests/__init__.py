"""The tiny checks."""
