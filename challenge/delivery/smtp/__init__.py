"""Talk to a mail server: one connection, and its answers."""
