"""What only several messages together show: conversations, and the detectors that follow them."""
