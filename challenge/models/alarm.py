"""What the operator was told is wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """One row for each thing that is wrong now, deleted when it is over.

    `kind` names it, as `stall`, or with what it is about, as `rest:example.com`. `told_at` is when the
    operator was last told, None before the first time; whoever is telling holds the row until
    `claimed_until`, so that of many who see the trouble one tells. All instants are UTC.
    """

    kind = models.CharField(_("what"), max_length=300, primary_key=True)
    sentence = models.CharField(_("sentence"), max_length=500)
    since = models.DateTimeField(_("since"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["since"]

    def __str__(self) -> str:
        return self.sentence
