"""What happens to reports and cases: taking in, moving on, deciding, appealing, keeping time."""
