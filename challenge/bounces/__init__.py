"""The meaning of a refusal, a bounce report or a complaint: recorded once, and acted on."""
