"""Drawings of a person, from joint angles to SVG and PNG. They import no other room."""

from challenge.drawings.catalogue import names, size

__all__ = ["names", "size"]
