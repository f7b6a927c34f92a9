"""The `when` of a rule: its grammar, what it may name, how it is checked, and when it can be skipped."""
