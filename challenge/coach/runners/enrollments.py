"""The list of enrollments, which the coach knows as the list of runners."""

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
from challenge.coach.course.form_recovery import recoverable_view
from challenge.coach.runners import day_strip
from challenge.coach.runners.action_views import action_view, admin_action
from challenge.coach.runners.actions import ACTIONS
from challenge.coach.runners.enrollment_queries import PAIN_LEVELS, for_list, with_row_data
from challenge.coach.runners.filters import (
    DayFilter,
    PainFilter,
    QuietFilter,
    TroubleFilter,
    UnreachableFilter,
)
from challenge.coach.runners.giving_back import give_back_view
from challenge.coach.runners.runner_page import reschedule_view, runner_page
from challenge.coach.runners.saved_filters import SavedFilterForm, delete, known_parameters, save, saved_by
from challenge.coach.runners.writing import memo_view, note_view, write_view
from challenge.models import Enrollment


class EnrollmentList(ChangeList):
    """Django's list, with the data of the rows loaded only for the page on the screen."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return with_row_data(super().get_queryset(request, *args, **kwargs))


@admin.register(Enrollment)
class EnrollmentAdmin(RecordAdmin[Enrollment]):
    """Nothing is edited in place: an enrollment changes by actions, which log events."""

    list_display = ("runner_cell", "where_cell", "strip_cell", "check_in_cell", "mail_cell", "next_cell")
    list_display_links = None
    list_filter = (
        "state", QuietFilter, UnreachableFilter, PainFilter, DayFilter, TroubleFilter, "program", "cohort"
    )  # fmt: skip
    search_fields = ("runner__first_name", "runner__email")
    search_help_text = gettext_lazy("Name or email address")
    list_per_page = 50
    actions = [admin_action(action) for action in ACTIONS.values()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return EnrollmentList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrollment]:
        return for_list(super().get_queryset(request), timezone.now())

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"challenge_enrollment_{name}")

        return [
            own("move/", action_view, "move"),
            own("filters/", save, "filter_save"),
            own("filters/<int:saved_id>/delete/", delete, "filter_delete"),
            own("<int:enrollment_id>/hour/", reschedule_view, "reschedule"),
            path("<int:enrollment_id>/write/", recoverable_view(self.admin_site, write_view), name="write"),
            path("<int:enrollment_id>/note/", recoverable_view(self.admin_site, note_view), name="note"),
            path("<int:enrollment_id>/memo/", recoverable_view(self.admin_site, memo_view), name="memo"),
            path(
                "<int:enrollment_id>/give-back/",
                recoverable_view(self.admin_site, give_back_view),
                name="give-back",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": _("Runners"),
            "legend": day_strip.legend(),
            "saved_filters": saved_by(request),
            "query": known_parameters(request.GET.urlencode()),
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
            runner.name_in_html(),
            runner.email if runner.first_name else "",
        )

    @admin.display(description=gettext_lazy("Where"), ordering="lesson_day")
    def where_cell(self, enrollment: Enrollment) -> SafeString:
        cohort = f" · {enrollment.cohort}" if enrollment.cohort else ""
        where = wording.state_and_day(enrollment)
        if reason := wording.unreachable_reason(enrollment):
            where = format_html('<span class="unreachable">{}</span><br>{}', where, reason)
        return wording.two_lines(where, f"{enrollment.program}{cohort}")

    @admin.display(description=gettext_lazy("Days"))
    def strip_cell(self, enrollment: Enrollment) -> SafeString:
        return day_strip.render(enrollment)

    @admin.display(description=gettext_lazy("Last check-in"), ordering="checked_in_at")
    def check_in_cell(self, enrollment: Enrollment) -> SafeString:
        check_in, label = wording.last_check_in(enrollment), _("Last check-in")
        if check_in is None:
            return wording.two_lines(wording.NOTHING, _("no check-in"), label)
        text = format_html("{}", check_in)
        score, day = getattr(enrollment, "pain", None), getattr(enrollment, "pain_day", None)
        if score is not None:
            level = "pain" if score >= min(PAIN_LEVELS) else "no-pain"
            told = {"score": score, "day": day}
            since = _("pain %(score)d on day %(day)d, none told since")
            pain = (_("pain %(score)d") if day == check_in.day else since) % told
            text = format_html('{}, <span class="{}">{}</span>', check_in, level, pain)
        return wording.two_lines(wording.ago(check_in.updated_at, timezone.now()), text, label)

    @admin.display(description=gettext_lazy("Last mail"))
    def mail_cell(self, enrollment: Enrollment) -> SafeString:
        mail, label = wording.last_mail(enrollment), _("Last mail")
        if mail is None:
            return wording.two_lines(wording.NOTHING, _("no mail"), label)
        text = capfirst(f"{mail}: {wording.state_in_words(mail)}")
        return wording.two_lines(wording.shortly(mail.sent_at or mail.due_at), text, label)

    @admin.display(description=gettext_lazy("Next lesson"), ordering="next_due_at")
    def next_cell(self, enrollment: Enrollment) -> SafeString:
        due, label = enrollment.next_due_at, _("Next lesson")
        if due is None:
            return wording.two_lines(wording.NOTHING, _("no lesson due"), label)
        return wording.two_lines(wording.shortly(due), wording.runner_time(due, enrollment), label)
