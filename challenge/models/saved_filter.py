"""A coach's named filter of the list of enrollments."""

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A name for the query string of the enrollment list, such as "day 8 to 14, quiet for 3 days"."""

    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name=_("coach")
    )
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=500)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["coach", "name"], name="one_filter_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """Return what is searched for."""
        return str(QueryDict(self.query).get("q", ""))
