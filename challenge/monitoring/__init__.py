"""Seeing to it that somebody notices: readiness, figures, alarms and logs."""
