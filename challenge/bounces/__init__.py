"""What a refusal, a report or a complaint means: recorded once, and acted on."""
