"""What a message means and what should follow: pure, synchronous, the same answer for the same input."""
