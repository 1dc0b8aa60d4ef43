"""The list of the runners' check-ins, newest first."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.wording import NOTHING, runner_link, when
from challenge.models import CheckIn


@admin.register(CheckIn)
class CheckInAdmin(RecordAdmin[CheckIn]):
    list_display = (
        "saved", "runner", "day", "status", "tightness", "pain", "pain_where", "run", "short_note"
    )  # fmt: skip
    list_filter = ("status", "pain", "doubt", "updated_at")
    list_select_related = ("enrollment__runner",)
    search_fields = ("enrollment__runner__email", "enrollment__runner__first_name", "note")
    ordering = ("-updated_at", "-pk")
    fields = (
        "runner", "day", "status", "tightness", "pain", "place", "pain_where", "running_brings_it_on",
        "sharp", "worse_next_morning", "run", "note", "doubt", "created_at", "updated_at", "processed_at",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: CheckIn | None = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description=gettext_lazy("Runner"), ordering="enrollment__runner__email")
    def runner(self, check_in: CheckIn) -> SafeString:
        return runner_link(check_in.enrollment)

    @admin.display(description=gettext_lazy("Last saved"), ordering="updated_at")
    def saved(self, check_in: CheckIn) -> str:
        return when(check_in.updated_at)

    @admin.display(description=gettext_lazy("Run"), ordering="distance")
    def run(self, check_in: CheckIn) -> str:
        return f"{check_in.distance} {check_in.unit}" if check_in.distance is not None else NOTHING

    @admin.display(description=gettext_lazy("Note"))
    def short_note(self, check_in: CheckIn) -> str:
        return Truncator(check_in.note).chars(80) or NOTHING
