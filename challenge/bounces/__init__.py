"""Record a refusal, a bounce report or a complaint once, and act on it."""
