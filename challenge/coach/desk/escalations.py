"""The page of an escalation, to which the mails to coaches lead: acknowledge it, and resolve it."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from challenge.coach.access import RecordAdmin, coach_of
from challenge.coach.history import LoggedAction, log
from challenge.coach.wording import NOTHING, runner_link, when
from challenge.models import Escalation
from challenge.safety import escalations


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

    def get_urls(self) -> list[URLPattern]:
        moves = [("acknowledge", self.acknowledge_view), ("resolve", self.resolve_view)]
        ours = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"challenge_escalation_{name}")
            for name, view in moves
        ]
        return [*ours, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Escalation | None = None) -> tuple[str, ...]:
        return self.fields

    @method_decorator(require_POST)
    def acknowledge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _move(request, pk, escalations.acknowledge, LoggedAction.ACKNOWLEDGED, first_to_acknowledge)

    @method_decorator(require_POST)
    def resolve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _move(request, pk, escalations.resolve, LoggedAction.RESOLVED, first_to_resolve)

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
        told = _("the coaches %(times)d times, last %(last)s") % values
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


def _move(
    request: HttpRequest,
    pk: int,
    move: Callable[..., bool],
    action: LoggedAction,
    first: Callable[[Escalation], str],
) -> HttpResponse:
    """Acknowledge or resolve. Whoever comes second is told who was first, and when."""
    get_object_or_404(Escalation, pk=pk)
    is_first = move(pk, coach_of(request), timezone.now())
    escalation = Escalation.objects.select_related("acknowledged_by", "resolved_by").get(pk=pk)
    if is_first:
        log(request, [escalation], action)
        messages.success(request, action.label)
    else:
        # What is resolved need not have been acknowledged.
        who = first(escalation) if escalation.acknowledged_at else first_to_resolve(escalation)
        messages.info(request, _("This was done already: %(who)s.") % {"who": who})
    return HttpResponseRedirect(reverse("admin:challenge_escalation_change", args=[pk]))
