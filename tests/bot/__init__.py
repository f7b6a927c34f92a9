"""The outside world, tried against fakes of it."""
