"""Readiness, statistics, alarms and logs: all that an operator learns of the system."""
