"""The current alarms."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """One row for each current problem, deleted when it is over.

    `kind` names it, such as `stall` or `rest:example.com`; monitoring/wording.py makes its sentence from
    `code` and `values`. `told_at` is when the operator was last notified, None before the first time; the
    process that notifies holds the row until `claimed_until`, so that only one of them does. All instants are
    UTC.
    """

    class Code(models.TextChoices):
        """The sentence of each code, with fields for its values; STALL's is in monitoring/wording.py."""

        DATABASE = "database", _("The database can't be used: %(error)s")
        DATABASE_OVER = "database_over", _("The database can be used again.")
        DISK = "disk", _("Only %(free)d MB are free on the disk of the database.")
        DISK_OVER = "disk_over", _("There is room on the disk of the database again.")
        STOP = "stop", _("Nothing is sent until an operator says so (manage.py resume_sending): %(reason)s.")
        STOP_OVER = "stop_over", _("Sending goes on.")
        STALL = "stall", _("Mail stands still.")
        STALL_OVER = "stall_over", _("Mail is moving again.")
        SUSPENSION = "suspension", _("Mail to %(domain)s rests until %(until)s: %(reason)s")
        SUSPENSION_OVER = "suspension_over", _("Mail to %(domain)s goes again.")
        CONFIRMATIONS = (
            "confirmations",
            _("More than %(count)d people an hour sign up, so confirmations wait until %(until)s."),
        )
        CONFIRMATIONS_OVER = "confirmations_over", _("Confirmations leave at once again.")
        UNTOLD = (
            "untold",
            _("A runner has needed a coach since %(since)s, and a mail about it has not left: log in."),
        )
        UNTOLD_OVER = "untold_over", _("The coaches have been told of the runner who needs them.")
        UNREACHED = "unreached", _("Mail about runners in need does not reach coach number %(coach)s.")
        UNREACHED_SECOND = (
            "unreached_second",
            _("Mail about runners in need does not reach the second contact."),
        )
        UNREACHED_OVER = "unreached_over", _("Mail about runners in need has its way again.")
        AS_WRITTEN = "as_written", "%(text)s"

    kind = models.CharField(_("what"), max_length=300, primary_key=True)
    code = models.CharField(_("code"), max_length=20, choices=Code)
    values = models.JSONField(_("values"), default=dict, blank=True)
    since = models.DateTimeField(_("since"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["since"]

    def __str__(self) -> str:
        return self.kind
