"""One module for each fault of docs/reliability.md: what injects it, and what may come of it."""
