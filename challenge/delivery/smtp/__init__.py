"""Talking to a mail server: one connection, and what it answered."""
