"""The guard against a restored backup, and how sending resumes after one."""
