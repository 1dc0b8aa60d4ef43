"""The page of an escalation, to which the mails to coaches lead: why, what was said, and the buttons."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenge.coach.access import RecordAdmin
from challenge.coach.desk.needs_me import escalations_of
from challenge.coach.desk.rows import row_of
from challenge.coach.desk.told import DeskFacts
from challenge.coach.wording import NOTHING, runner_label, runner_link, when
from challenge.models import DeskItem, Escalation


@admin.register(Escalation)
class EscalationAdmin(RecordAdmin[Escalation]):
    change_form_template = "admin/challenge/escalation/page.html"
    list_display = ("opened", "runner", "level", "state", "acknowledged", "resolved")
    list_display_links = ("opened",)
    list_filter = ("state", "level", "opened_at")
    list_select_related = ("enrollment__runner", "acknowledged_by", "resolved_by", "hold")
    search_fields = ("enrollment__runner__email", "enrollment__runner__first_name")
    ordering = ("-opened_at", "-pk")
    fields = (
        "runner", "level", "reason", "state", "opened", "told", "acknowledged", "resolved",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Escalation | None = None) -> tuple[str, ...]:
        return self.fields

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Show it as the desk does, also when it has left the desk."""
        obj, kind = options["obj"], DeskItem.Kind.ESCALATION
        lies = DeskItem.objects.filter(kind=kind, about=str(obj.pk), done_at=None).first()
        at = {"since": obj.opened_at, "done_at": obj.opened_at}
        item = lies or DeskItem(kind=kind, about=str(obj.pk), enrollment=obj.enrollment, **at)
        row = row_of(item, DeskFacts([item], escalations_of([item])), timezone.now())
        context |= {"row": row, "title": runner_label(obj.enrollment), "subtitle": None}
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=gettext_lazy("Opened"), ordering="opened_at")
    def opened(self, escalation: Escalation) -> str:
        return when(escalation.opened_at)

    @admin.display(description=gettext_lazy("Runner"), ordering="enrollment__runner__email")
    def runner(self, escalation: Escalation) -> SafeString:
        return runner_link(escalation.enrollment)

    @admin.display(description=gettext_lazy("Reason"))
    def reason(self, escalation: Escalation) -> str:
        return escalation.hold.why if escalation.hold else NOTHING

    @admin.display(description=gettext_lazy("Told"))
    def told(self, escalation: Escalation) -> str:
        if not escalation.told_at:
            return NOTHING
        values = {"times": escalation.times_told, "last": when(escalation.told_at)}
        once, often = "the coaches once, %(last)s", "the coaches %(times)d times, last %(last)s"
        told = ngettext(once, often, escalation.times_told) % values
        if not escalation.second_told_at:
            return told
        second = _("the second contact %(last)s") % {"last": when(escalation.second_told_at)}
        return f"{told}; {second}"

    @admin.display(description=gettext_lazy("Acknowledged"), ordering="acknowledged_at")
    def acknowledged(self, escalation: Escalation) -> str:
        return first_to_acknowledge(escalation) if escalation.acknowledged_at else NOTHING

    @admin.display(description=gettext_lazy("Resolved"), ordering="resolved_at")
    def resolved(self, escalation: Escalation) -> str:
        return first_to_resolve(escalation) if escalation.resolved_at else NOTHING


def first_to_acknowledge(escalation: Escalation) -> str:
    """Word who acknowledged it, and when."""
    who = escalation.acknowledged_by.email if escalation.acknowledged_by else _("the second contact")
    return _("%(at)s, by %(who)s") % {"at": when(escalation.acknowledged_at), "who": who}


def first_to_resolve(escalation: Escalation) -> str:
    """Word who resolved it, and when."""
    who = escalation.resolved_by.email if escalation.resolved_by else _("nobody: the course was long over")
    return _("%(at)s, by %(who)s") % {"at": when(escalation.resolved_at), "who": who}
