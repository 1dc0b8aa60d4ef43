"""The list of the runners' questions, newest first."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.wording import runner_link, when
from challenge.models import Question


@admin.register(Question)
class QuestionAdmin(RecordAdmin[Question]):
    list_display = ("asked", "runner", "day", "short_text")
    list_filter = ("asked_at", "day")
    list_select_related = ("enrollment__runner",)
    search_fields = ("enrollment__runner__email", "enrollment__runner__first_name", "text")
    ordering = ("-asked_at", "-pk")
    list_per_page = 50
    fields = ("runner", "day", "text", "asked")

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description=gettext_lazy("Runner"), ordering="enrollment__runner__email")
    def runner(self, question: Question) -> SafeString:
        return runner_link(question.enrollment)

    @admin.display(description=gettext_lazy("Asked"), ordering="asked_at")
    def asked(self, question: Question) -> str:
        return when(question.asked_at)

    @admin.display(description=gettext_lazy("Question"))
    def short_text(self, question: Question) -> str:
        return Truncator(question.text).chars(160)
