"""What can be wrong with a classifier."""


class ModelError(ValueError):
    """A model's files cannot be used; the text says why and what to do."""
