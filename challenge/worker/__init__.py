"""The list of recurring work, and the extra threads of a worker process."""
