"""The least that a sender of mail can keep: the recipient, and when it was sent."""

from typing import ClassVar

from django.db import models


class Mail(models.Model):
    """One mail to one recipient; `sent_at` is its mark."""

    recipient = models.EmailField()
    number = models.PositiveIntegerField()
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Mail"]] = models.Manager()
