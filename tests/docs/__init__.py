"""The documents, held against the code they speak of."""
