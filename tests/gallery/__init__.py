"""Everything that a runner sees, made from real enrollments by the real parts: to check and to look at."""
