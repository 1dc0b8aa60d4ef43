"""The way of a mail: plan, claim, send, record, rescue."""
