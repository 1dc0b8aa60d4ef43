"""What is taught: a program of days, each with its published revisions, and the stretches."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Program(models.Model):
    """A course that is sent one day at a time."""

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    length = models.PositiveSmallIntegerField(_("days"))
    is_open = models.BooleanField(_("open for sign-up"), default=True)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    def __str__(self) -> str:
        return self.title


class Cohort(models.Model):
    """A group that starts together; who joins after the start begins at day 1 all the same."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="cohorts", verbose_name=_("program"))
    slug = models.SlugField(
        _("short name"), unique=True, help_text=_("The sign-up page is /join/ and this name.")
    )
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("starts on"))

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")

    def __str__(self) -> str:
        return self.name


class Day(models.Model):
    """One day of a program. What it says stands in its revisions; `published` is the one sent."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="days", verbose_name=_("program"))
    number = models.PositiveSmallIntegerField(_("day"))
    published = models.ForeignKey(
        "Revision", models.PROTECT, null=True, related_name="+", verbose_name=_("published revision")
    )

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering = ["program", "number"]
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="one_day_a_number")]

    def __str__(self) -> str:
        return _("Day %(number)d") % {"number": self.number}


class Revision(models.Model):
    """A day as it was published: its source, and the compiled mail with slots for the runner.

    `subject`, `text` and `html` hold slots in the form of curriculum.compile; nothing else is
    filled in when a mail is composed. `digest` is of all that was compiled.
    """

    day = models.ForeignKey(Day, models.CASCADE, related_name="revisions", verbose_name=_("day"))
    number = models.PositiveSmallIntegerField(_("revision"))
    title = models.CharField(_("title"), max_length=120)
    points = models.JSONField(_("points taught"), default=list)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    source = models.TextField(_("source"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text part"))
    html = models.TextField(_("HTML part"))
    digest = models.CharField(_("digest"), max_length=64)
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["day", "-number"]
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        return _("revision %(number)d: %(title)s") % {"number": self.number, "title": self.title}


class Stretch(models.Model):
    """One stretch of a program's library, as its file gives it."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="stretches", verbose_name=_("program"))
    slug = models.SlugField(_("short name"))
    title = models.CharField(_("title"), max_length=120)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("stretch")
        verbose_name_plural = _("stretches")
        ordering = ["program", "title"]
        constraints = [models.UniqueConstraint(fields=["program", "slug"], name="one_stretch_a_slug")]

    def __str__(self) -> str:
        return self.title
