"""What Hustings promises, as tests."""
