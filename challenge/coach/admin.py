"""Import this module to register all pages of the coach with Django admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from challenge.coach.course import articles, item_admin, programs
from challenge.coach.desk import escalations
from challenge.coach.runners import check_ins, enrollments, messages, people
from challenge.coach.safety import rules
from challenge.coach.sending import deliveries, limits, suppressions

__all__ = [
    "articles",
    "check_ins",
    "deliveries",
    "enrollments",
    "escalations",
    "item_admin",
    "limits",
    "messages",
    "people",
    "programs",
    "rules",
    "suppressions",
]

admin.site.site_header = _("Runner Reset")
admin.site.site_title = _("Runner Reset")
# The tables need the width, and the header links to every list.
admin.site.enable_nav_sidebar = False
admin.site.index_title = _("The coach's desk")
