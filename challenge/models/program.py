"""A program of days, the articles about it, and the groups that start together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Program(models.Model):
    """A course that is sent one day at a time. `weeks` is a list of {title, first, last,
    hold_seconds}, `points` a dict of the points to teach, by their codes, `safety` a list of the rules of
    curriculum.lint.safety."""

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    length = models.PositiveSmallIntegerField(_("days"))
    weeks = models.JSONField(_("weeks"), default=list, blank=True)
    points = models.JSONField(_("points"), default=dict, blank=True)
    safety = models.JSONField(_("safety rules"), default=list, blank=True)
    is_open = models.BooleanField(_("open for sign-up"), default=True)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    def __str__(self) -> str:
        return self.title

    def week_of(self, day: int) -> str:
        """Return the title of a day's week, or an empty text."""
        return next((week["title"] for week in self.weeks if week["first"] <= day <= week["last"]), "")


class Article(models.Model):
    """A text about a program: its questions and answers, or its description."""

    class Slug(models.TextChoices):
        FAQ = "faq", _("questions and answers")
        ABOUT = "about", _("about the program")

    program = models.ForeignKey(Program, models.CASCADE, related_name="articles", verbose_name=_("program"))
    slug = models.CharField(_("page"), max_length=10, choices=Slug)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=200)
    body = models.TextField(_("text"), help_text=_("Markdown."))
    is_edited = models.BooleanField(
        _("changed here"), default=False, help_text=_("What was changed here no longer follows the files.")
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [models.UniqueConstraint(fields=["program", "slug"], name="one_article_a_slug")]

    def __str__(self) -> str:
        return self.title


class Cohort(models.Model):
    """A group that starts together; who joins after the start also begins at day 1."""

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
