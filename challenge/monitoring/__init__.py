"""Readiness, statistics, alarms and logs: the operator's view of the system."""
