"""The guard against a restored backup, and what is done about it."""
