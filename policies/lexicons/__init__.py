"""The words and patterns that organisers edit: one YAML file for each detector."""
