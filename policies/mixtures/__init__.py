"""What the project ships of fields of meaning and their mixtures: data files only."""
