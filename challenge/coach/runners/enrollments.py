"""The list of enrollments: who is where, who is quiet, who hurts."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach import wording
from challenge.coach.access import RecordAdmin
from challenge.coach.runners import day_strip
from challenge.coach.runners.action_views import as_action, move_view
from challenge.coach.runners.actions import MOVES
from challenge.coach.runners.enrollment_queries import PAIN_LEVELS, roster, with_rows
from challenge.coach.runners.filters import DayFilter, PainFilter, QuietFilter, ReachFilter, TroubleFilter
from challenge.coach.runners.runner_page import reschedule_view, runner_page
from challenge.coach.runners.saved_filters import SavedFilterForm, delete, kept, of_coach, save
from challenge.models import Enrollment


class EnrollmentList(ChangeList):
    """Django's list, with what the rows show fetched for the rows of the page alone."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return with_rows(super().get_queryset(request, *args, **kwargs))


@admin.register(Enrollment)
class EnrollmentAdmin(RecordAdmin[Enrollment]):
    """Nothing is edited in place: an enrollment moves by its moves, which write its story."""

    list_display = ("runner_cell", "where_cell", "strip_cell", "check_in_cell", "mail_cell", "next_cell")
    list_display_links = None
    list_filter = (
        "state", QuietFilter, ReachFilter, PainFilter, DayFilter, TroubleFilter, "program", "cohort"
    )  # fmt: skip
    search_fields = ("runner__first_name", "runner__email")
    search_help_text = gettext_lazy("Name or email address")
    list_per_page = 50
    actions = [as_action(move) for move in MOVES.values()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return EnrollmentList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrollment]:
        return roster(super().get_queryset(request), timezone.now())

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"challenge_enrollment_{name}")

        return [
            own("move/", move_view, "move"),
            own("filters/", save, "filter_save"),
            own("filters/<int:saved_id>/delete/", delete, "filter_delete"),
            own("<int:enrollment_id>/hour/", reschedule_view, "reschedule"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": _("Runners"),
            "legend": day_strip.legend(),
            "saved_filters": of_coach(request),
            "query": kept(request.GET.urlencode()),
            "save_form": SavedFilterForm(auto_id="save_%s"),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not re.fullmatch("[0-9]{1,18}", object_id):
            raise Http404
        return runner_page(request, int(object_id))

    @admin.display(description=gettext_lazy("Runner"), ordering="runner__first_name")
    def runner_cell(self, enrollment: Enrollment) -> SafeString:
        runner = enrollment.runner
        return format_html(
            '<a class="runner" href="{}">{}</a><br><span class="quiet small">{}</span>',
            reverse("admin:challenge_enrollment_change", args=[enrollment.pk]),
            runner.first_name or runner.email,
            runner.email if runner.first_name else "",
        )

    @admin.display(description=gettext_lazy("Where"), ordering="lesson_day")
    def where_cell(self, enrollment: Enrollment) -> SafeString:
        cohort = f" · {enrollment.cohort}" if enrollment.cohort else ""
        where = wording.state_and_day(enrollment)
        if why := wording.why_unreachable(enrollment):
            where = format_html('<span class="unreachable">{}</span><br>{}', where, why)
        return wording.two_lines(where, f"{enrollment.program}{cohort}")

    @admin.display(description=gettext_lazy("Days"))
    def strip_cell(self, enrollment: Enrollment) -> SafeString:
        return day_strip.strip(enrollment)

    @admin.display(description=gettext_lazy("Last check-in"), ordering="told_at")
    def check_in_cell(self, enrollment: Enrollment) -> SafeString:
        told, label = wording.last_check_in(enrollment), _("Last check-in")
        if told is None:
            return wording.two_lines(wording.NOTHING, _("no check-in"), label)
        said = format_html("{}", told)
        if told.pain is not None:
            level = "pain" if told.pain >= min(PAIN_LEVELS) else "no-pain"
            pain = _("pain %(score)d") % {"score": told.pain}
            said = format_html('{}, <span class="{}">{}</span>', told, level, pain)
        return wording.two_lines(wording.ago(told.updated_at, timezone.now()), said, label)

    @admin.display(description=gettext_lazy("Last mail"))
    def mail_cell(self, enrollment: Enrollment) -> SafeString:
        mail, label = wording.last_mail(enrollment), _("Last mail")
        if mail is None:
            return wording.two_lines(wording.NOTHING, _("no mail"), label)
        said = capfirst(f"{mail}: {wording.state_in_words(mail)}")
        return wording.two_lines(wording.shortly(mail.sent_at or mail.due_at), said, label)

    @admin.display(description=gettext_lazy("Next lesson"), ordering="next_due_at")
    def next_cell(self, enrollment: Enrollment) -> SafeString:
        due, label = enrollment.next_due_at, _("Next lesson")
        if due is None:
            return wording.two_lines(wording.NOTHING, _("no lesson due"), label)
        return wording.two_lines(wording.shortly(due), wording.on_her_clock(due, enrollment), label)
