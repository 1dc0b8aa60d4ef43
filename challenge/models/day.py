"""The days of a program, each with its published revisions."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.program import Program
from challenge.models.publishing import Drafted, Version
from challenge.models.stretch import Stretch


class Day(Drafted):
    """One day of a program. Its revisions hold the text; `published` is the newest."""

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


class Revision(Version):
    """A published day: its content, and the compiled mail with slots for the runner.

    `content` is the lesson as curriculum.lesson assembles it. `subject`, `text` and `html` hold slots in the
    form of curriculum.slots; composing a mail fills nothing else. `for_all` revisions also go to runners who
    began before they were published (pick_revision).
    """

    day = models.ForeignKey(Day, models.CASCADE, related_name="revisions", verbose_name=_("day"))
    title = models.CharField(_("title"), max_length=120)
    points = models.JSONField(_("points taught"), default=list)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    stretches = models.ManyToManyField(Stretch, related_name="revisions", verbose_name=_("stretches"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text part"))
    html = models.TextField(_("HTML part"))
    digest = models.CharField(_("digest"), max_length=64)
    for_all = models.BooleanField(
        _("for all"), default=False, help_text=_("Also for runners who had begun before it was published.")
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["day", "-number"]
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        return _("version %(number)d: %(title)s") % {"number": self.number, "title": self.title}


def pick_revision(revisions: Iterable[Revision], pinned_at: datetime | None) -> Revision | None:
    """Pick the revision of a day for a runner pinned at an instant, or at None before the runner has begun.

    A runner keeps the versions of the moment at which the first lesson was planned (`Enrollment.pinned_at`),
    so that a course does not change half-way. The result is the newest that was published for all or before
    that instant; for a day that was added later, the oldest.
    """
    by_age = sorted(revisions, key=lambda revision: revision.number)
    fit = [r for r in by_age if pinned_at is None or r.for_all or r.published_at <= pinned_at]
    return fit[-1] if fit else by_age[0] if by_age else None
