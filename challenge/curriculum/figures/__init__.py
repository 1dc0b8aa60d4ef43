"""The course's pictures: drawn from numbers, named by their content."""

from challenge.curriculum.figures.catalogue import names, size
from challenge.curriculum.figures.store import file_name, read

__all__ = ["file_name", "names", "read", "size"]
