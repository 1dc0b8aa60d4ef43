"""The coaches who may see a runner."""

from django.db.models import QuerySet

from accounts.models import User
from challenge.models.enrollment import Enrollment


def coaches_of(enrollment: Enrollment) -> QuerySet[User]:
    """Select the coaches who may see this runner: every active one."""
    return all_coaches()


def all_coaches() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True).order_by("pk")
