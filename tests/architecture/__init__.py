"""The shape of the code: who may import whom, how long a file may be, what must be said about it."""
