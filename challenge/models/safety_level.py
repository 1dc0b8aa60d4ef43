"""How soon somebody who examines the runner is needed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SafetyLevel(models.TextChoices):
    EMERGENCY = "emergency", _("emergency, now")
    TODAY = "today", _("urgent, today")
    WITHIN_DAYS = "within_days", _("urgent, within days")
    ASK_FIRST = "ask_first", _("ask a clinician first")

    @classmethod
    def rank(cls, level: str) -> int:
        """Return the place of a level, 0 for the most urgent. One that is not kept ranks as *today*."""
        return cls.values.index(level or cls.TODAY)
