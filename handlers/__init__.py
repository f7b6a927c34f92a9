"""What happens next: one file for each thing that can happen, async, knowing no platform and no SQL."""
