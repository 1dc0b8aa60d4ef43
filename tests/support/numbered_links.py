"""Links as they were mailed before enrollments had keys: they name the enrollment's number."""

from collections.abc import Sequence
from datetime import datetime

from django.core import signing


def numbered_capability(purpose: str, values: Sequence[int], expires_at: datetime) -> str:
    """Sign as that format was signed; `values` begin with the row's number."""
    text = ".".join(map(str, (*values, int(expires_at.timestamp()))))
    return signing.Signer(salt=f"capability.{purpose}", sep="~").sign(text)
