"""The list of messages, newest first, and the addresses of their pages."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.course.form_recovery import recoverable_view
from challenge.coach.runners.answering import answer_view, publish_view
from challenge.coach.wording import runner_link, when
from challenge.models import Message


@admin.register(Message)
class MessageAdmin(RecordAdmin[Message]):
    list_display = ("written", "runner", "direction", "state", "day", "short_text")
    list_filter = ("state", "direction", "at", "day")
    list_select_related = ("enrollment__runner",)
    search_fields = ("enrollment__runner__email", "enrollment__runner__first_name", "text")
    ordering = ("-at", "-pk")
    list_per_page = 50
    fields = ("runner", "direction", "state", "day", "text", "written", "author", "published")

    def get_urls(self) -> list[URLPattern]:
        answering = recoverable_view(self.admin_site, answer_view)
        publishing = recoverable_view(self.admin_site, publish_view)
        return [
            path("<int:message_id>/answer/", answering, name="answer"),
            path("<int:message_id>/publish/", publishing, name="publish"),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description=gettext_lazy("Runner"), ordering="enrollment__runner__email")
    def runner(self, message: Message) -> SafeString:
        return runner_link(message.enrollment)

    @admin.display(description=gettext_lazy("Written"), ordering="at")
    def written(self, message: Message) -> str:
        return when(message.at)

    @admin.display(description=gettext_lazy("Message"))
    def short_text(self, message: Message) -> SafeString | str:
        """Return the words, which lead to the page that answers them."""
        short = Truncator(message.text).chars(160)
        if message.direction == Message.Direction.OUT:
            return short
        return format_html('<a href="{}">{}</a>', reverse("admin:answer", args=[message.pk]), short)
