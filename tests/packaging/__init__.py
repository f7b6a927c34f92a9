"""What is shipped: the wheel, the pinned versions, the container image."""
