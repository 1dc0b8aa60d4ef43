"""What a worker process does beside its tasks, and the one list of recurring work."""
