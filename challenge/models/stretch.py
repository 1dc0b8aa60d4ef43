"""The stretches of a program's library, their versions, and their recalls."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.program import Program
from challenge.models.publishing import Drafted, Version


class Stretch(Drafted):
    """One stretch, or the self-check. `content` is its newest version: the keys of
    curriculum.parse.StretchSchema or SelfCheckSchema, and the steps as Markdown under `body`."""

    class Kind(models.TextChoices):
        STRETCH = "stretch", _("stretch")
        SELF_CHECK = "self_check", _("self-check")

    program = models.ForeignKey(Program, models.CASCADE, related_name="stretches", verbose_name=_("program"))
    slug = models.SlugField(_("short name"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STRETCH)
    title = models.CharField(_("title"), max_length=120)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    content = models.JSONField(_("content"), default=dict)
    recalled_at = models.DateTimeField(_("recalled"), null=True, blank=True)
    replacement = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replaced by")
    )

    class Meta:
        verbose_name = _("stretch")
        verbose_name_plural = _("stretches")
        ordering = ["program", "title"]
        constraints = [models.UniqueConstraint(fields=["program", "slug"], name="one_stretch_a_slug")]

    def __str__(self) -> str:
        return self.title


class StretchVersion(Version):
    stretch = models.ForeignKey(Stretch, models.CASCADE, related_name="versions", verbose_name=_("stretch"))

    class Meta:
        verbose_name = _("version of a stretch")
        verbose_name_plural = _("versions of stretches")
        ordering = ["stretch", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["stretch", "number"], name="one_stretch_version_a_number")
        ]

    def __str__(self) -> str:
        return _("version %(number)d of %(title)s") % {"number": self.number, "title": self.stretch}


class Recall(models.Model):
    """The recall of a stretch, and the correction for those who were sent it. `subject`, `text` and `html`
    are the correction, compiled, with slots for the runner."""

    stretch = models.ForeignKey(Stretch, models.CASCADE, related_name="recalls", verbose_name=_("stretch"))
    message = models.TextField(_("message"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text part"))
    html = models.TextField(_("HTML part"))
    recalled_at = models.DateTimeField(_("recalled"))
    recalled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recalled by"),
    )

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        ordering = ["-recalled_at"]

    def __str__(self) -> str:
        return _("recall of %(stretch)s") % {"stretch": self.stretch}
