"""A person from joint angles to SVG and PNG. Imports nothing of ours."""

from challenge.drawings.catalogue import names, size

__all__ = ["names", "size"]
