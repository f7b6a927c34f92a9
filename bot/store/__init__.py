"""The record on disk: all SQL of the project, and the form in which events are written down."""
