"""The filters of the list of enrollments."""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenge.coach.runners import enrollment_queries, unreachable

WEEKS = ((1, 7), (8, 14), (15, 21))
LONGEST = 366


class Choice(TypedDict):
    """One line of a filter, in the form that Django's template expects."""

    selected: bool
    query_string: str
    display: str
    other_parameters: NotRequired[list[tuple[str, str]]]


class DayFilter(admin.ListFilter):
    title = gettext_lazy("day")
    template = "admin/challenge/enrollment/day_filter.html"
    FROM, TO = "day_from", "day_to"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: "admin.ModelAdmin[Any]",
    ) -> None:
        super().__init__(request, params, model, model_admin)
        for name in (self.FROM, self.TO):
            values = params.pop(name, [""])
            if (number := _day(values[-1])) is not None:
                self.used_parameters[name] = number

    def expected_parameters(self) -> list[str | None]:
        return [self.FROM, self.TO]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.FROM in self.used_parameters:
            queryset = queryset.filter(lesson_day__gte=self.used_parameters[self.FROM])
        if self.TO in self.used_parameters:
            queryset = queryset.filter(lesson_day__lte=self.used_parameters[self.TO])
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[Choice]:
        chosen = self.used_parameters.get(self.FROM), self.used_parameters.get(self.TO)
        others = [
            (name, value) for name, value in changelist.params.items() if name not in (self.FROM, self.TO)
        ]
        yield {
            "selected": chosen == (None, None),
            "query_string": changelist.get_query_string(remove=[self.FROM, self.TO]),
            "display": _("All"),
            "other_parameters": [(name, str(value)) for name, value in others if name != PAGE_VAR],
        }
        for first, last in WEEKS:
            yield {
                "selected": chosen == (first, last),
                "query_string": changelist.get_query_string({self.FROM: first, self.TO: last}),
                "display": _("Day %(first)d to %(last)d") % {"first": first, "last": last},
            }


def _day(text: str) -> int | None:
    return (
        int(text) if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= LONGEST else None
    )


class QuietFilter(admin.SimpleListFilter):
    title = gettext_lazy("quiet")
    parameter_name = "quiet"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [
            (str(days), ngettext("No check-in for %d day", "No check-in for %d days", days) % days)
            for days in enrollment_queries.QUIET_DAYS
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = {str(days): days for days in enrollment_queries.QUIET_DAYS}.get(self.value() or "")
        return queryset.filter(enrollment_queries.quiet(days, timezone.now())) if days else queryset


class UnreachableFilter(admin.SimpleListFilter):
    title = gettext_lazy("unreachable")
    parameter_name = "reach"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [
            ("no", _("Any")),
            *((key, capfirst(str(reason))) for key, reason in unreachable.REASONS.items()),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = {
            "no": unreachable.unreachable(),
            unreachable.BAD_ADDRESS: Q(unreachable.bad_address()),
            unreachable.BOUNCING: unreachable.mails_bounce(),
        }
        condition = asked.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


class PainFilter(admin.SimpleListFilter):
    title = gettext_lazy("pain, last reported")
    parameter_name = "pain"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [
            (str(level), _("%(level)d or more") % {"level": level})
            for level in enrollment_queries.PAIN_LEVELS
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        level = {str(level): level for level in enrollment_queries.PAIN_LEVELS}.get(self.value() or "")
        return queryset.filter(pain__gte=level) if level else queryset


class TroubleFilter(admin.SimpleListFilter):
    """Mail that failed, or that may have arrived twice."""

    title = gettext_lazy("delivery trouble")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [("any", _("Any")), ("failed", _("Failed")), ("uncertain", _("Uncertain"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        failed, uncertain = enrollment_queries.failed(), enrollment_queries.uncertain()
        asked = {"any": Q(failed) | Q(uncertain), "failed": Q(failed), "uncertain": Q(uncertain)}
        condition = asked.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset
