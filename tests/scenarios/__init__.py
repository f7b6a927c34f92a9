"""What members and moderators live through."""
