"""The list of recurring work, and what a worker process does beside its tasks."""
