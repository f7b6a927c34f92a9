"""Making the dictionary that texts are read with."""
