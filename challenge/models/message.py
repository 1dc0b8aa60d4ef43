"""What a runner and the coach write to each other, and what a coach notes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.check_in import DayAnswer
from challenge.models.enrollment import Enrollment


class Message(models.Model):
    """One message of an enrollment's conversation: in from the runner, out from a coach. A message in is new
    until it is read, answered or closed; `day` is 0 where it belongs to none. `published` is the answer as it
    stands on the day's page for all."""

    class Direction(models.TextChoices):
        IN = "in", _("from the runner")
        OUT = "out", _("from the coach")

    class State(models.TextChoices):
        NEW = "new", _("new")
        READ = "read", _("read")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="messages", verbose_name=_("enrollment")
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.IN)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    day = models.PositiveSmallIntegerField(_("day"), default=0)
    text = models.TextField(_("text"), max_length=2000)
    at = models.DateTimeField(_("at"))
    doubt = models.CharField(
        _("doubtful"),
        max_length=15,
        choices=DayAnswer.Doubt,
        blank=True,
        help_text=_("A mail scanner could have sent it: it holds and wakes nobody by itself."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("coach"),
    )
    answers = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="answered_by", verbose_name=_("answers")
    )
    published = models.TextField(_("published text"), max_length=4000, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["at"], name="message_at"),
            models.Index(
                fields=["day"], condition=models.Q(published_at__isnull=False), name="message_published"
            ),
        ]

    def __str__(self) -> str:
        text = self.text[:60]
        return _("Day %(day)d: %(text)s") % {"day": self.day, "text": text} if self.day else text


class Note(models.Model):
    """A coach's words that go once into the lesson mail of `day`."""

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="notes", verbose_name=_("enrollment")
    )
    day = models.PositiveSmallIntegerField(_("day"))
    text = models.TextField(_("text"), max_length=1000)
    written_at = models.DateTimeField(_("written"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="notes", verbose_name=_("coach")
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [models.UniqueConstraint(fields=["enrollment", "day"], name="one_note_a_day")]

    def __str__(self) -> str:
        return self.text[:60]


class Memo(models.Model):
    """A coach's own words about a runner; the runner sees them in the export alone."""

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="memos", verbose_name=_("enrollment")
    )
    text = models.TextField(_("text"), max_length=4000)
    written_at = models.DateTimeField(_("written"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="memos", verbose_name=_("coach")
    )

    class Meta:
        verbose_name = _("memo")
        verbose_name_plural = _("memos")
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return self.text[:60]
