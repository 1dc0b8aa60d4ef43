"""The stages of a mail: plan, claim, send, record, rescue."""
