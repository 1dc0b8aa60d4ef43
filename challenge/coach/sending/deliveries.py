"""The list of deliveries: each message with its state and its attempts."""

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.runners.timeline import attempt_rows
from challenge.coach.sending.overview import sending_page
from challenge.coach.wording import NOTHING, mail_name, runner_link, sentence, shortly, when
from challenge.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin[Delivery]):
    """Only the planner and the sender write here."""

    list_display = ("due", "what", "runner", "state", "sent", "doubt", "tries", "why")
    list_display_links = ("due",)
    list_filter = ("state", "kind", "uncertain", "due_at")
    list_select_related = ("enrollment__runner", "recipient", "recall__stretch")
    search_fields = ("enrollment__runner__email", "enrollment__runner__first_name")
    ordering = ("-due_at", "-pk")
    list_per_page = 50
    fields = (
        "runner", "what", "state", "happened", "due", "sent", "next_try", "not_after", "doubt",
        "revision", "message_id", "attempts_table",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        sending = self.admin_site.admin_view(sending_page)
        return [path("sending/", sending, name="challenge_delivery_sending"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Delivery | None = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description=gettext_lazy("Due"), ordering="due_at")
    def due(self, delivery: Delivery) -> str:
        return shortly(delivery.due_at)

    @admin.display(description=gettext_lazy("Sent"), ordering="sent_at")
    def sent(self, delivery: Delivery) -> str:
        return shortly(delivery.sent_at) if delivery.sent_at else NOTHING

    @admin.display(description=gettext_lazy("Uncertain"), ordering="uncertain")
    def doubt(self, delivery: Delivery) -> str:
        return _("may have arrived twice") if delivery.uncertain else NOTHING

    @admin.display(description=gettext_lazy("Next try"))
    def next_try(self, delivery: Delivery) -> str:
        return when(delivery.try_at) if delivery.state in Delivery.WAITING else NOTHING

    @admin.display(description=gettext_lazy("Not after"))
    def not_after(self, delivery: Delivery) -> str:
        return when(delivery.closes_at)

    @admin.display(description=gettext_lazy("Mail"), ordering="kind")
    def what(self, delivery: Delivery) -> str:
        return mail_name(delivery)

    @admin.display(description=gettext_lazy("Runner"), ordering="enrollment__runner__email")
    def runner(self, delivery: Delivery) -> str:
        return runner_link(delivery.enrollment) if delivery.enrollment else delivery.to_user.email

    @admin.display(description=gettext_lazy("Attempts"))
    def tries(self, delivery: Delivery) -> int:
        return len(delivery.attempts)

    @admin.display(description=gettext_lazy("Reason"), ordering="reason")
    def why(self, delivery: Delivery) -> str:
        return delivery.why

    @admin.display(description=gettext_lazy("What happened"))
    def happened(self, delivery: Delivery) -> str:
        return sentence(delivery)

    @admin.display(description=gettext_lazy("Message-ID"))
    def message_id(self, delivery: Delivery) -> str:
        return delivery.message_id

    @admin.display(description=gettext_lazy("Attempts"))
    def attempts_table(self, delivery: Delivery) -> SafeString:
        return render_to_string(
            "admin/challenge/delivery/attempts.html", {"attempts": attempt_rows(delivery.attempts)}
        )
