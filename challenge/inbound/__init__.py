"""Incoming mail and webhooks: parse them, and record what they report."""
