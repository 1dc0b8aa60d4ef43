"""How mail leaves: plan, claim, send, record, rescue."""
