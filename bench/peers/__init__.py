"""Others' ways to send the same mail, each at its best settings, in an environment of their own."""
