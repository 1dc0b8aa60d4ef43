"""What an operator learns of the system: readiness, statistics, alarms and logs."""
