"""Evidence that a stranger can verify: the log's tree, leaves, checkpoints, seals and witnesses, without storage."""
