"""The programs, and the cohorts that start together."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import CoachAdmin
from challenge.models import Cohort, Program


@admin.register(Program)
class ProgramAdmin(CoachAdmin[Program]):
    """A program comes from its folder; the coach opens and closes it for sign-up."""

    list_display = ("title", "length", "is_open")
    fields = ("title", "summary", "length", "is_open")
    readonly_fields = ("title", "summary", "length")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Program | None = None) -> bool:
        return False


@admin.register(Cohort)
class CohortAdmin(CoachAdmin[Cohort]):
    list_display = ("name", "program", "starts_on", "sign_up_link")
    list_select_related = ("program",)
    ordering = ("-starts_on", "name")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("program", "name", "slug", "starts_on", "sign_up_link")
    readonly_fields = ("sign_up_link",)

    def get_readonly_fields(self, request: HttpRequest, obj: Cohort | None = None) -> tuple[str, ...]:
        return ("program", "sign_up_link") if obj else ("sign_up_link",)

    @admin.display(description=gettext_lazy("Sign-up page"))
    def sign_up_link(self, cohort: Cohort) -> SafeString | str:
        if not cohort.slug:
            return _("Shown here once the cohort is saved.")
        address = settings.SITE_URL + reverse("join", args=[cohort.slug])
        return format_html('<a href="{}">{}</a>', address, address)
