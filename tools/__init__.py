"""What maintainers run now and then; it does not ship."""
