"""What the project ships for organisers to edit."""
