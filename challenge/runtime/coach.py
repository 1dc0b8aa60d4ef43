"""The first coach's login, with a random password."""

from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from challenge.runtime.keys import random_password, read_or_create

ADDRESS = "coach@example.com"


@dataclass(frozen=True)
class Login:
    """The coach's login; `password` is None when the coach has chosen another."""

    email: str
    password: str | None

    def __str__(self) -> str:
        return f"{self.email}  password: {self.password or 'your own'}"


def ensure_coach(login_file: Path) -> Login:
    """Make a coach if there is none. The file (mode 0600) stores the password, to show it again."""
    coaches = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined")
    first = coaches.first()
    if first is not None and not login_file.exists():
        return Login(first.email, None)
    password = read_or_create(login_file, random_password)
    coach = coaches.filter(email=ADDRESS).first() or first or User.objects.create_superuser(ADDRESS, password)
    return Login(coach.email, password if coach.check_password(password) else None)
