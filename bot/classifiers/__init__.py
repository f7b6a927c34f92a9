"""Abuse classifiers: the model that ships, heavier ones, and the pipeline that trains."""
