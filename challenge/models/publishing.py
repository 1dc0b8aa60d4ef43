"""The common part of days and stretches: a draft, and numbered versions, which are never deleted."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Drafted(models.Model):
    """Something with a draft: `draft` is None when nobody edits it."""

    draft = models.JSONField(_("draft"), null=True, blank=True, editable=False)
    draft_saved_at = models.DateTimeField(_("draft saved"), null=True, blank=True, editable=False)
    draft_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("draft by"),
    )

    class Meta:
        abstract = True


class Version(models.Model):
    """A published version; `content` is its whole text, as JSON."""

    class Origin(models.TextChoices):
        FILES = "files", _("the course's files")
        COACH = "coach", _("the coach")
        RECALL = "recall", _("a recall")

    number = models.PositiveSmallIntegerField(_("version"))
    origin = models.CharField(_("from"), max_length=6, choices=Origin, default=Origin.FILES)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    content = models.JSONField(_("content"), default=dict)
    published_at = models.DateTimeField(_("published"))

    class Meta:
        abstract = True
