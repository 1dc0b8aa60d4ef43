"""The guard against a restored backup, and the way on after one."""
